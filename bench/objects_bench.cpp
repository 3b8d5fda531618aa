// Measures how fast one object is read from and written to S3 with 1 to 16 connections. Usage:
// objects_bench [--megabytes N] [--rate MB_PER_SECOND] [--url s3://BUCKET/KEY]. Without --url: a
// store in this process that limits each connection to the rate, as S3 does; with it: whatever
// AWS_ENDPOINT_URL_S3 and the credentials in the environment lead to.

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>

#include "bench/rate_limited_store.h"
#include "stepconf/objects/object_store.h"

namespace {

using namespace stepconf;
using Clock = std::chrono::steady_clock;

struct Settings {
  double megabytes = 64;
  /// Of each connection to the store in this process; S3 gives 50 to 100.
  double rate = 20;
  std::string url;
};

Settings parse(int count, char** arguments) {
  Settings settings;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string name = arguments[i], value = arguments[i + 1];
    if (name == "--megabytes") settings.megabytes = std::stod(value);
    if (name == "--rate") settings.rate = std::stod(value);
    if (name == "--url") settings.url = value;
  }
  return settings;
}

std::string bytes(double megabytes) {
  std::string text(static_cast<std::size_t>(megabytes * (1 << 20)), '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 2654435761u >> 15);
  return text;
}

aws::Environment variables_of(const std::string& endpoint) {
  return [endpoint](const std::string& name) -> std::optional<std::string> {
    if (name == "AWS_ENDPOINT_URL_S3") return endpoint;
    if (name == "AWS_ACCESS_KEY_ID" || name == "AWS_SECRET_ACCESS_KEY") return "bench";
    return std::nullopt;
  };
}

template <class Action>
double rate_of(double megabytes, const Action& action) {
  const auto start = Clock::now();
  action();
  return megabytes / Seconds(Clock::now() - start).count();
}

}  // namespace

int main(int count, char** arguments) {
  const Settings settings = parse(count, arguments);
  const std::string object = bytes(settings.megabytes);
  std::optional<bench::RateLimitedStore> own;
  if (settings.url.empty()) own.emplace(settings.rate * (1 << 20), object);
  const std::string url = own ? "s3://bench/object" : settings.url;
  fmt::print("one object of {:g} MB, {}; MB/s\n", settings.megabytes,
             own ? fmt::format("{:g} MB/s each connection", settings.rate) : url);
  fmt::print("{:>12} {:>10} {:>10}\n", "connections", "up", "down");
  for (const std::size_t connections : {1, 2, 4, 8, 16}) {
    auto options = objects::store_options();
    if (own) options.environment = variables_of(own->url());
    options.connections = connections;
    objects::ObjectStore store(options);
    const double up = rate_of(settings.megabytes, [&] { store.write(url, object); });
    bool same = false;
    const double down = rate_of(settings.megabytes, [&] { same = store.read(url) == object; });
    fmt::print("{:>12} {:>10.1f} {:>10.1f}{}\n", connections, up, down, same ? "" : "  DAMAGED");
  }
}
