#pragma once

#include <map>
#include <string>
#include <string_view>

namespace stepconf::compiled {

/// The parts of a plan file by name; a part is opaque bytes here.
using Sections = std::map<std::string, std::string, std::less<>>;

/// Writes a plan file (docs/plan-file.md): a header with the format's version and the SHA-256 of
/// all that follows, then the sections. Equal sections give equal bytes.
std::string write_container(const Sections& sections);

/// Reads a plan file. Throws InvalidInput "SOURCE: ..." where the bytes are no plan file, are cut
/// short or followed by others, do not match their hash, or are of a newer version than this
/// program reads.
Sections read_container(std::string_view bytes, std::string_view source);

/// Gives the hash in the header of a plan file that `read_container` takes, in hexadecimal digits:
/// its identity.
std::string hash_of(std::string_view bytes);

/// Puts the header before `content`, whatever that is.
std::string seal(std::string_view content);

}  // namespace stepconf::compiled
