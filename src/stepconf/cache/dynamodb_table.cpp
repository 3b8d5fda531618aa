#include "stepconf/cache/dynamodb_table.h"

#include <fmt/format.h>

#include <charconv>

namespace stepconf::cache {
namespace {

ConditionalTable::Entry entry_of(const Json& item) {
  try {
    const std::string digits = item.at("version").at("N").get<std::string>();
    ConditionalTable::Entry entry{0, item.at("state").at("S").get<std::string>()};
    const auto [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), entry.version);
    if (failure == std::errc() && end == digits.data() + digits.size() && entry.version > 0)
      return entry;
    throw Unavailable(fmt::format("the item's version is {}", digits));
  } catch (const Json::exception& error) {
    throw Unavailable(fmt::format("the item cannot be read: {}", error.what()));
  }
}

}  // namespace

ConditionalTable::Entry DynamoDbTable::read(const std::string& execution) {
  try {
    const auto item =
        client_.get_item(options_.table, {{"execution", {{"S", execution}}}}, deadline_);
    return item ? entry_of(*item) : Entry{};
  } catch (const Unavailable&) {
    throw;
  } catch (const Error& error) {
    throw Unavailable(error.what());
  }
}

std::optional<ConditionalTable::Entry> DynamoDbTable::replace(const std::string& execution,
                                                              std::uint64_t version,
                                                              const std::string& text) {
  const Json item{
      {"execution", {{"S", execution}}},
      {"version", {{"N", std::to_string(version + 1)}}},
      {"state", {{"S", text}}},
      {"expires", {{"N", std::to_string((now_ + options_.keep).time_since_epoch().count())}}}};
  aws::DynamoDb::Condition condition{.expression = "attribute_not_exists(#key)",
                                     .names = {{"#key", "execution"}}};
  if (version > 0) {
    condition = {.expression = "#version = :version",
                 .names = {{"#version", "version"}},
                 .values = {{":version", {{"N", std::to_string(version)}}}}};
  }
  try {
    const aws::DynamoDb::Put put = client_.put_item(options_.table, item, condition, deadline_);
    if (put.done) return std::nullopt;
    // The item is gone where its time was over.
    return put.there ? entry_of(*put.there) : read(execution);
  } catch (const Unavailable&) {
    throw;
  } catch (const Error& error) {
    throw Unavailable(error.what());
  }
}

}  // namespace stepconf::cache
