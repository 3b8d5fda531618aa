#pragma once

#include <map>
#include <string>
#include <string_view>

namespace stepconf::deploy {

/// What a function's own `bootstrap` is called once the wrapper has its name; it finds it there
/// (docs/wrapper.md).
inline constexpr std::string_view kOriginalBootstrap = "bootstrap.stepconf-original";

/// Puts the files of `wrapper`, a zip with the program `bootstrap`, into `function`, a zip for
/// provided.*, whose own `bootstrap` is renamed. All other files, rights and times stay as they
/// are; equal input gives equal bytes. Throws InvalidInput where either is no zip, has no
/// `bootstrap`, or a file would come to stand on another; what is wrapped already is not wrapped
/// twice.
std::string replace_bootstrap(const std::string& function, const std::string& wrapper);

/// Gives a package of ours with files beside the program, which everybody may read: equal input,
/// equal bytes. Throws InvalidInput where it is no zip, or has such a file already.
std::string with_files(const std::string& zip, const std::map<std::string, std::string>& files);

}  // namespace stepconf::deploy
