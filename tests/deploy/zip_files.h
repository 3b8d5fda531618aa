#pragma once

#include <string>
#include <vector>

namespace stepconf::deploy {

struct ZipFile {
  std::string name{};
  std::string content{};
  int rights = 0644;

  bool operator==(const ZipFile&) const = default;
};

/// Packs files into a zip, compressed, with their rights.
std::string zip_of(const std::vector<ZipFile>& files);

/// Reads all files of a zip, checksums held against, in the archive's order.
std::vector<ZipFile> files_of(const std::string& zip);

}  // namespace stepconf::deploy
