#include "stepconf/deploy/bootstrap_zip.h"

#include <fmt/format.h>
#include <zip.h>

#include <cstdint>
#include <memory>

#include "stepconf/base/error.h"

namespace stepconf::deploy {
namespace {

constexpr const char* kBootstrap = "bootstrap";

std::string text_of(zip_error_t& error) {
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

struct DiscardArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, DiscardArchive>;

struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Source = std::unique_ptr<zip_source_t, FreeSource>;

// `bytes` must outlive it.
Source source_of(const std::string& bytes) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (source == nullptr) throw Error("zip: " + text_of(error));
  return Source(source);
}

Archive open(zip_source_t* source, std::string_view what) {
  zip_error_t error;
  zip_error_init(&error);
  zip_t* archive = zip_open_from_source(source, ZIP_CHECKCONS, &error);
  if (archive == nullptr) throw InvalidInput(fmt::format("{} is no zip: {}", what, text_of(error)));
  // The archive now shares in the source, and drops its part when it ends.
  zip_source_keep(source);
  return Archive(archive);
}

std::string read(zip_source_t* source) {
  zip_stat_t stat;
  if (zip_source_stat(source, &stat) != 0 || zip_source_open(source) != 0) {
    throw Error("zip: cannot be read back");
  }
  std::string bytes(stat.size, '\0');
  const zip_int64_t count = zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  if (count != static_cast<zip_int64_t>(bytes.size())) throw Error("zip: cannot be read back");
  return bytes;
}

// Copies a file as it is compressed, with its rights and time.
void copy(zip_t* from, zip_uint64_t index, zip_t* to) {
  const char* name = zip_get_name(from, index, 0);
  if (zip_name_locate(to, name, 0) >= 0) {
    throw InvalidInput(fmt::format("its zip has a file \"{}\" already, the wrapper's name", name));
  }
  zip_source_t* file = zip_source_zip(to, from, index, ZIP_FL_COMPRESSED, 0, -1);
  const zip_int64_t place = file == nullptr ? -1 : zip_file_add(to, name, file, ZIP_FL_ENC_UTF_8);
  if (place < 0) {
    zip_source_free(file);
    throw Error(fmt::format("zip: cannot add {}: {}", name, zip_strerror(to)));
  }
  zip_uint8_t system = 0;
  zip_uint32_t attributes = 0;
  zip_stat_t stat;
  if (zip_file_get_external_attributes(from, index, 0, &system, &attributes) != 0 ||
      zip_file_set_external_attributes(to, static_cast<zip_uint64_t>(place), 0, system,
                                       attributes) != 0 ||
      zip_stat_index(from, index, 0, &stat) != 0 ||
      zip_file_set_mtime(to, static_cast<zip_uint64_t>(place), stat.mtime, 0) != 0) {
    throw Error(fmt::format("zip: cannot set the rights of {}: {}", name, zip_strerror(to)));
  }
}

}  // namespace

std::string replace_bootstrap(const std::string& function, const std::string& wrapper) {
  const Source wrapper_bytes = source_of(wrapper);
  const Archive added = open(wrapper_bytes.get(), "the wrapper's package");
  const Source result = source_of(function);
  Archive archive = open(result.get(), "its code");

  if (zip_name_locate(added.get(), kBootstrap, 0) < 0) {
    throw InvalidInput("the wrapper's package has no file \"bootstrap\"");
  }
  if (zip_name_locate(archive.get(), kOriginalBootstrap.data(), 0) >= 0) {
    throw InvalidInput(
        fmt::format("its zip has a file \"{}\" already: it is wrapped; name the "
                    "function as it was before",
                    kOriginalBootstrap));
  }
  const zip_int64_t original = zip_name_locate(archive.get(), kBootstrap, 0);
  if (original < 0) {
    throw InvalidInput("its zip has no file \"bootstrap\" at its top, which provided.* starts");
  }
  if (zip_file_rename(archive.get(), static_cast<zip_uint64_t>(original), kOriginalBootstrap.data(),
                      0) != 0) {
    throw Error(fmt::format("zip: cannot rename bootstrap: {}", zip_strerror(archive.get())));
  }
  const auto files = static_cast<zip_uint64_t>(zip_get_num_entries(added.get(), 0));
  for (zip_uint64_t index = 0; index < files; ++index) copy(added.get(), index, archive.get());

  if (zip_close(archive.get()) != 0) {
    throw Error(fmt::format("zip: cannot be written: {}", zip_strerror(archive.get())));
  }
  archive.release();
  return read(result.get());
}

}  // namespace stepconf::deploy
