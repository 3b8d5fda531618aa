#include "stepconf/aws/profile_file.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "stepconf/base/file.h"

namespace stepconf::aws {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string lower_case(std::string_view text) {
  std::string low(text);
  std::ranges::transform(low, low.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return low;
}

// A name may stand in quotes.
std::string unquoted(std::string_view name) {
  const bool quoted = name.size() >= 2 && (name.front() == '"' || name.front() == '\'') &&
                      name.back() == name.front();
  return std::string(quoted ? name.substr(1, name.size() - 2) : name);
}

/// Puts settings where they belong, line by line.
class Reader {
 public:
  explicit Reader(ProfileFileKind kind) : kind_(kind) {}

  void line(std::string_view whole) {
    const std::string_view text = trimmed(whole);
    if (text.empty() || text.starts_with('#') || text.starts_with(';')) return;
    const bool indented = kBlanks.find(whole.front()) != std::string_view::npos;
    if (text.starts_with('[') && !(indented && section_ && !setting_.empty())) {
      return begin_section(text);
    }
    if (section_ == nullptr) return;
    if (indented && !setting_.empty()) return continue_setting(text);
    const auto [name, value] = split(text);
    setting_ = name;
    if (!name.empty()) (*section_)[name] = value;
  }

  ProfileFile take() { return std::move(file_); }

 private:
  static std::pair<std::string, std::string> split(std::string_view text) {
    const auto mark = text.find_first_of("=:");
    if (mark == std::string_view::npos) return {};
    return {lower_case(trimmed(text.substr(0, mark))), std::string(trimmed(text.substr(mark + 1)))};
  }

  void begin_section(std::string_view text) {
    section_ = nullptr;
    setting_.clear();
    const auto end = text.find(']');
    if (end == std::string_view::npos) return;
    const std::string_view title = trimmed(text.substr(1, end - 1));
    if (kind_ == ProfileFileKind::kCredentials) {
      section_ = &file_.profiles[unquoted(title)];
      return;
    }
    const auto blank = title.find_first_of(kBlanks);
    const std::string_view type = title.substr(0, blank);
    const std::string name =
        blank == std::string_view::npos ? "" : unquoted(trimmed(title.substr(blank)));
    if (title == "default") section_ = &file_.profiles["default"];
    if (name.empty()) return;
    if (type == "profile") section_ = &file_.profiles[name];
    if (type == "sso-session") section_ = &file_.sso_sessions[name];
    if (type == "services") section_ = &file_.services[name];
  }

  // Below a setting without a value stand settings of its own; below one with a value, more of it.
  void continue_setting(std::string_view text) {
    std::string& value = (*section_)[setting_];
    const auto [name, nested] = split(text);
    if (value.empty() && !name.empty()) {
      (*section_)[setting_ + "." + name] = nested;
    } else if (!value.empty()) {
      value += '\n';
      value += text;
    }
  }

  ProfileFileKind kind_;
  ProfileFile file_;
  Settings* section_ = nullptr;
  std::string setting_;
};

void merge_sections(std::map<std::string, Settings>& into, std::map<std::string, Settings> more) {
  for (auto& [name, settings] : more) {
    for (auto& [key, value] : settings) into[name][key] = std::move(value);
    into.try_emplace(name);
  }
}

}  // namespace

void ProfileFile::merge(ProfileFile other) {
  merge_sections(profiles, std::move(other.profiles));
  merge_sections(sso_sessions, std::move(other.sso_sessions));
  merge_sections(services, std::move(other.services));
}

std::optional<std::string> ProfileFile::setting(const std::string& profile,
                                                const std::string& name) const {
  const auto section = profiles.find(profile);
  if (section == profiles.end()) return std::nullopt;
  const auto found = section->second.find(name);
  if (found == section->second.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

ProfileFile parse_profile_file(std::string_view text, ProfileFileKind kind) {
  Reader reader(kind);
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (end > 0) reader.line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return reader.take();
}

std::optional<std::string> profile_file_path(const Environment& environment, ProfileFileKind kind) {
  const bool configuration = kind == ProfileFileKind::kConfiguration;
  const auto home = environment("HOME");
  auto path = environment(configuration ? "AWS_CONFIG_FILE" : "AWS_SHARED_CREDENTIALS_FILE");
  if (path && path->starts_with("~/") && home) path = *home + path->substr(1);
  if (!path && home) path = *home + (configuration ? "/.aws/config" : "/.aws/credentials");
  return path;
}

ProfileFile load_profile_files(const Environment& environment) {
  ProfileFile all;
  for (const auto kind : {ProfileFileKind::kConfiguration, ProfileFileKind::kCredentials}) {
    const auto path = profile_file_path(environment, kind);
    std::error_code unknown;
    if (!path || !std::filesystem::is_regular_file(*path, unknown)) continue;
    all.merge(parse_profile_file(read_file(*path), kind));
  }
  return all;
}

std::string profile_name(const Environment& environment) {
  if (auto name = environment("AWS_PROFILE")) return *name;
  return environment("AWS_DEFAULT_PROFILE").value_or("default");
}

}  // namespace stepconf::aws
