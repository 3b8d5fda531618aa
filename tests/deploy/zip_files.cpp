#include "tests/deploy/zip_files.h"

#include <zip.h>

#include <stdexcept>

namespace stepconf::deploy {
namespace {

void check(bool fine) {
  if (!fine) throw std::runtime_error("zip");
}

}  // namespace

std::string zip_of(const std::vector<ZipFile>& files) {
  zip_source_t* bytes = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  zip_t* archive = zip_open_from_source(bytes, ZIP_TRUNCATE, nullptr);
  check(archive != nullptr);
  zip_source_keep(bytes);
  for (const ZipFile& file : files) {
    zip_source_t* content = zip_source_buffer(archive, file.content.data(), file.content.size(), 0);
    const zip_int64_t index = zip_file_add(archive, file.name.c_str(), content, 0);
    check(index >= 0);
    const auto place = static_cast<zip_uint64_t>(index);
    zip_file_set_external_attributes(archive, place, 0, ZIP_OPSYS_UNIX,
                                     static_cast<zip_uint32_t>(0100000 | file.rights) << 16);
    zip_file_set_mtime(archive, place, 1700000000, 0);
  }
  check(zip_close(archive) == 0);
  check(zip_source_open(bytes) == 0);
  zip_stat_t stat;
  check(zip_source_stat(bytes, &stat) == 0);
  std::string result(stat.size, '\0');
  check(zip_source_read(bytes, result.data(), result.size()) >= 0);
  zip_source_close(bytes);
  zip_source_free(bytes);
  return result;
}

std::vector<ZipFile> files_of(const std::string& zip) {
  zip_source_t* bytes = zip_source_buffer_create(zip.data(), zip.size(), 0, nullptr);
  zip_t* archive = zip_open_from_source(bytes, ZIP_CHECKCONS | ZIP_RDONLY, nullptr);
  check(archive != nullptr);
  std::vector<ZipFile> files;
  for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(zip_get_num_entries(archive, 0)); ++i) {
    zip_stat_t stat;
    check(zip_stat_index(archive, i, 0, &stat) == 0);
    zip_uint8_t system = 0;
    zip_uint32_t attributes = 0;
    zip_file_get_external_attributes(archive, i, 0, &system, &attributes);
    ZipFile file{stat.name, std::string(stat.size, '\0'),
                 static_cast<int>((attributes >> 16) & 0777)};
    zip_file_t* opened = zip_fopen_index(archive, i, 0);
    check(opened != nullptr);
    check(zip_fread(opened, file.content.data(), file.content.size()) ==
          static_cast<zip_int64_t>(file.content.size()));
    check(zip_fclose(opened) == 0);
    files.push_back(std::move(file));
  }
  zip_discard(archive);
  return files;
}

}  // namespace stepconf::deploy
