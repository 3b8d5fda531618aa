// Whatever the shared files hold, they are read, and reading them twice gives the same.
#include "stepconf/aws/profile_file.h"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stepconf;
  for (const auto kind :
       {aws::ProfileFileKind::kConfiguration, aws::ProfileFileKind::kCredentials}) {
    const aws::ProfileFile file = aws::parse_profile_file(fuzz::text(data, size), kind);
    aws::ProfileFile twice = file;
    twice.merge(file);
    fuzz::expect(twice.profiles == file.profiles, "a file merged with itself is itself");
    for (const auto& [name, settings] : file.profiles) {
      fuzz::expect(!settings.contains(""), "each setting has a name");
    }
  }
  return 0;
}
