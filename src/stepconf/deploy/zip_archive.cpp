#include "stepconf/deploy/zip_archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "stepconf/base/error.h"

namespace stepconf::deploy {
namespace {

std::string message_of(zip_error_t& error) {
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

// The first day that zips have, so that equal files give equal bytes.
constexpr zip_uint16_t kTime = 0;
constexpr zip_uint16_t kDate = (1 << 5) | 1;
constexpr zip_uint32_t kRights = 0100644U << 16U;

}  // namespace

ZipArchive::ZipArchive(const std::string& bytes, std::string_view what) {
  zip_error_t error;
  zip_error_init(&error);
  // libzip 1.7 frees memory that it was not given when an archive that begins with unchanged files
  // is written (buffer_clone in zip_source_buffer.c), so it gets a copy of its own.
  void* copied = std::malloc(std::max<std::size_t>(bytes.size(), 1));
  if (copied == nullptr) throw std::bad_alloc();
  std::ranges::copy(bytes, static_cast<char*>(copied));
  source_.reset(zip_source_buffer_create(copied, bytes.size(), 1, &error));
  if (!source_) {
    std::free(copied);
    throw Error("zip: " + message_of(error));
  }
  archive_.reset(zip_open_from_source(source_.get(), ZIP_CHECKCONS, &error));
  if (!archive_) throw InvalidInput(fmt::format("{} is no zip: {}", what, message_of(error)));
  // The archive now shares in the source, and drops its part when it ends.
  zip_source_keep(source_.get());
}

bool ZipArchive::has(std::string_view name) const {
  return zip_name_locate(get(), std::string(name).c_str(), 0) >= 0;
}

void ZipArchive::fail(const std::string& what) const {
  throw Error(fmt::format("zip: {}: {}", what, zip_strerror(get())));
}

void ZipArchive::add(std::string_view name, const std::string& content) {
  zip_source_t* file = zip_source_buffer(get(), content.data(), content.size(), 0);
  const zip_int64_t added =
      file == nullptr ? -1 : zip_file_add(get(), std::string(name).c_str(), file, ZIP_FL_ENC_UTF_8);
  if (added < 0) {
    zip_source_free(file);
    fail(fmt::format("cannot add {}", name));
  }
  const auto place = static_cast<zip_uint64_t>(added);
  if (zip_file_set_external_attributes(get(), place, 0, ZIP_OPSYS_UNIX, kRights) != 0 ||
      zip_file_set_dostime(get(), place, kTime, kDate, 0) != 0) {
    fail(fmt::format("cannot set the rights of {}", name));
  }
}

void ZipArchive::copy(const ZipArchive& from, zip_uint64_t index) {
  const char* name = zip_get_name(from.get(), index, 0);
  if (name == nullptr) from.fail("has a file without a name");
  zip_source_t* file = zip_source_zip(get(), from.get(), index, ZIP_FL_COMPRESSED, 0, -1);
  const zip_int64_t added =
      file == nullptr ? -1 : zip_file_add(get(), name, file, ZIP_FL_ENC_UTF_8);
  if (added < 0) {
    zip_source_free(file);
    fail(fmt::format("cannot add {}", name));
  }
  const auto place = static_cast<zip_uint64_t>(added);
  zip_uint8_t system = 0;
  zip_uint32_t attributes = 0;
  zip_stat_t stat;
  if (zip_file_get_external_attributes(from.get(), index, 0, &system, &attributes) != 0 ||
      zip_file_set_external_attributes(get(), place, 0, system, attributes) != 0 ||
      zip_stat_index(from.get(), index, 0, &stat) != 0 ||
      zip_file_set_mtime(get(), place, stat.mtime, 0) != 0) {
    fail(fmt::format("cannot set the rights of {}", name));
  }
}

std::string ZipArchive::close() {
  if (zip_close(get()) != 0) fail("cannot be written");
  archive_.release();
  zip_stat_t stat;
  if (zip_source_stat(source_.get(), &stat) != 0 || zip_source_open(source_.get()) != 0) {
    throw Error("zip: cannot be read back");
  }
  std::string bytes(stat.size, '\0');
  const zip_int64_t count = zip_source_read(source_.get(), bytes.data(), bytes.size());
  zip_source_close(source_.get());
  if (count != static_cast<zip_int64_t>(bytes.size())) throw Error("zip: cannot be read back");
  return bytes;
}

}  // namespace stepconf::deploy
