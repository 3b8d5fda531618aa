#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "stepconf/aws/environment.h"

// The shared configuration and credentials files of AWS's SDKs and command line
// (https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html).

namespace stepconf::aws {

/// A section's settings, names in lower case. A setting of a setting, which is indented below it,
/// is named by both: "dynamodb.endpoint_url".
using Settings = std::map<std::string, std::string>;

/// Which of the two files a text is of: in the configuration file a profile's section is called
/// "profile NAME", but for the default one.
enum class ProfileFileKind { kConfiguration, kCredentials };

/// What both files say.
struct ProfileFile {
  std::map<std::string, Settings> profiles{};
  std::map<std::string, Settings> sso_sessions{};
  std::map<std::string, Settings> services{};

  /// Adds what `other` says, which counts where both say something.
  void merge(ProfileFile other);
  /// Gives a profile's setting; absent where either is missing or the value is empty.
  std::optional<std::string> setting(const std::string& profile, const std::string& name) const;
};

/// Reads the text of a file. Lines that are neither section, setting nor comment are passed over,
/// so any bytes may be given: a mistake in one profile must not break the others.
ProfileFile parse_profile_file(std::string_view text, ProfileFileKind kind);

/// Gives the paths of both files: AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, else
/// ~/.aws/config and ~/.aws/credentials; absent where there is no HOME either.
std::optional<std::string> profile_file_path(const Environment& environment, ProfileFileKind kind);

/// Reads both files, the credentials file counting more; what is not there is empty. Throws
/// InvalidInput where a file is there and cannot be read.
ProfileFile load_profile_files(const Environment& environment);

/// Gives the profile's name: AWS_PROFILE, else AWS_DEFAULT_PROFILE, else "default".
std::string profile_name(const Environment& environment);

}  // namespace stepconf::aws
