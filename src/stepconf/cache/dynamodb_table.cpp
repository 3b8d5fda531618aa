#include "stepconf/cache/dynamodb_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <vector>

namespace stepconf::cache {
namespace {

Json key_of(const std::string& execution) { return {{"execution", {{"S", execution}}}}; }

// Attributes that are no texts are the key and the table's own.
ConditionalTable::Contents contents_of(const Json& item) {
  try {
    const std::string digits = item.at("version").at("N").get<std::string>();
    ConditionalTable::Contents contents;
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), contents.version);
    if (failure != std::errc() || end != digits.data() + digits.size())
      throw Unavailable(fmt::format("the item's version is {}", digits));
    for (const auto& [name, value] : item.items()) {
      if (name != "execution" && value.contains("S")) contents.texts[name] = value.at("S");
    }
    return contents;
  } catch (const Json::exception& error) {
    throw Unavailable(fmt::format("the item cannot be read: {}", error.what()));
  }
}

// Builds the expressions of an update; names and values of any form stand behind placeholders.
class UpdateBuilder {
 public:
  aws::DynamoDb::Update build(const ConditionalTable::Change& change, std::int64_t expires) {
    std::vector<std::string> conditions, sets, removals;
    for (const auto& [name, text] : change.rests_on) {
      conditions.push_back(text.empty()
                               ? fmt::format("attribute_not_exists({})", placeholder(name))
                               : fmt::format("{} = {}", placeholder(name), value("S", text)));
    }
    if (change.version) conditions.push_back(version_is(*change.version));
    sets.push_back(
        fmt::format("{} = {}", placeholder("expires"), value("N", std::to_string(expires))));
    for (const auto& [name, text] : change.set)
      sets.push_back(fmt::format("{} = {}", placeholder(name), value("S", text)));
    for (const std::string& name : change.removed) removals.push_back(placeholder(name));
    update_.update = fmt::format("SET {} ADD {} {}", fmt::join(sets, ", "), placeholder("version"),
                                 value("N", "1"));
    if (!removals.empty()) update_.update += fmt::format(" REMOVE {}", fmt::join(removals, ", "));
    update_.condition = fmt::format("{}", fmt::join(conditions, " AND "));
    return update_;
  }

 private:
  std::string version_is(std::uint64_t version) {
    const std::string name = placeholder("version");
    if (version == 0) return fmt::format("attribute_not_exists({})", name);
    return fmt::format("{} = {}", name, value("N", std::to_string(version)));
  }
  std::string placeholder(const std::string& name) {
    std::string short_name = fmt::format("#{}", update_.names.size());
    update_.names[short_name] = name;
    return short_name;
  }
  std::string value(const char* type, const std::string& text) {
    std::string name = fmt::format(":{}", update_.values.size());
    update_.values[name] = {{type, text}};
    return name;
  }

  aws::DynamoDb::Update update_;
};

}  // namespace

ConditionalTable::Contents DynamoDbTable::read(const std::string& execution) {
  try {
    const auto item = client_.get_item(options_.table, key_of(execution), deadline_);
    return item ? contents_of(*item) : Contents{};
  } catch (const Unavailable&) {
    throw;
  } catch (const Error& error) {
    throw Unavailable(error.what());
  }
}

std::optional<ConditionalTable::Contents> DynamoDbTable::apply(const std::string& execution,
                                                               const Change& change) {
  const std::int64_t expires = (now_ + options_.keep).time_since_epoch().count();
  try {
    const aws::DynamoDb::Updated updated = client_.update_item(
        options_.table, key_of(execution), UpdateBuilder().build(change, expires), deadline_);
    if (updated.done) return std::nullopt;
    // The item is gone where its time was over.
    return updated.there ? contents_of(*updated.there) : read(execution);
  } catch (const Unavailable&) {
    throw;
  } catch (const Error& error) {
    throw Unavailable(error.what());
  }
}

}  // namespace stepconf::cache
