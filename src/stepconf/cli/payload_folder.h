#pragma once

#include <filesystem>
#include <string>

namespace stepconf::cli {

/// A folder for what the functions of one run on this machine hand over by reference; removed with
/// all that is in it.
class PayloadFolder {
 public:
  /// Makes a folder that only this user can look into. Throws Error.
  PayloadFolder();
  ~PayloadFolder();
  PayloadFolder(const PayloadFolder&) = delete;
  PayloadFolder& operator=(const PayloadFolder&) = delete;

  /// Gives its URL.
  std::string url() const;

 private:
  std::filesystem::path path_;
};

}  // namespace stepconf::cli
