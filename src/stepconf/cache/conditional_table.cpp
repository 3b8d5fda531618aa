#include "stepconf/cache/conditional_table.h"

#include <algorithm>

#include "stepconf/base/json.h"

namespace stepconf::cache {

bool carry_out(const ConditionalTable::Change& change, ConditionalTable::Contents& contents) {
  if (change.version && *change.version != contents.version) return false;
  const auto as_read = [&](const auto& entry) {
    const auto found = contents.texts.find(entry.first);
    return entry.second == (found == contents.texts.end() ? std::string() : found->second);
  };
  if (!std::ranges::all_of(change.rests_on, as_read)) return false;
  for (const auto& [name, text] : change.set) contents.texts[name] = text;
  for (const std::string& name : change.removed) contents.texts.erase(name);
  ++contents.version;
  return true;
}

TravellingTexts::TravellingTexts(const std::string& written) {
  if (written.empty()) return;
  const Json json = parse_json(written, "the execution's cache");
  try {
    contents_ = {1, json.get<Texts>()};
  } catch (const Json::exception& error) {
    throw InvalidInput(std::string("the execution's cache: ") + error.what());
  }
}

std::optional<ConditionalTable::Contents> TravellingTexts::apply(const std::string&,
                                                                 const Change& change) {
  if (!carry_out(change, contents_)) return contents_;
  return std::nullopt;
}

std::string TravellingTexts::written() const {
  return contents_.texts.empty() ? "" : Json(contents_.texts).dump();
}

}  // namespace stepconf::cache
