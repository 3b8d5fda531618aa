// Whatever URL a batch names: refused, or an object; a file's URL gives the same file again.
#include "stepconf/objects/object_url.h"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepconf;
  try {
    const objects::Location location = objects::locate(fuzz::text(data, size));
    if (const auto* file = std::get_if<std::filesystem::path>(&location)) {
      fuzz::expect(file->is_absolute(), "a file has an absolute path");
      fuzz::expect(objects::locate(objects::file_url(*file)) == location, "URL and path agree");
    } else {
      const auto& object = std::get<objects::S3Object>(location);
      fuzz::expect(!object.bucket.empty() && !object.key.empty(), "an object has bucket and key");
    }
  } catch (const objects::ObjectError&) {
  }
  return 0;
}
