#pragma once

#include <zip.h>

#include <memory>
#include <string>
#include <string_view>

// Private to deploy/: libzip's archives, held.

namespace stepconf::deploy {

/// A zip in memory. Any bytes may be given.
class ZipArchive {
 public:
  /// Throws InvalidInput "WHAT is no zip: ..." where they are none.
  ZipArchive(const std::string& bytes, std::string_view what);

  zip_t* get() const { return archive_.get(); }
  /// Tells whether it has a file of that name.
  bool has(std::string_view name) const;
  /// Adds a file that all may read, with a time that is always the same; `content` must stay until
  /// the archive is written.
  void add(std::string_view name, const std::string& content);
  /// Takes over a file of another archive as it is compressed there, with its rights and time.
  void copy(const ZipArchive& from, zip_uint64_t index);
  /// Writes it and gives its bytes; nothing else may be called then.
  std::string close();

  /// Throws Error with what libzip says went wrong with the archive.
  [[noreturn]] void fail(const std::string& what) const;

 private:
  struct Discard {
    void operator()(zip_t* archive) const { zip_discard(archive); }
  };
  struct Free {
    void operator()(zip_source_t* source) const { zip_source_free(source); }
  };

  std::unique_ptr<zip_source_t, Free> source_;
  std::unique_ptr<zip_t, Discard> archive_;
};

}  // namespace stepconf::deploy
