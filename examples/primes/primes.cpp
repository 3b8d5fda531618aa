#include "examples/primes/primes.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "stepconf/runtime/serve.h"

namespace primes {
namespace {

using stepconf::Json;
using stepconf::runtime::HandlerError;

std::vector<std::uint64_t> numbers_of(const Json& event) {
  const auto found = event.is_object() ? event.find("numbers") : event.end();
  if (!event.is_object() || found == event.end() || !found->is_array()) {
    throw HandlerError("InvalidEvent", "numbers is missing, must be an array of integers");
  }
  std::vector<std::uint64_t> numbers;
  for (const Json& number : *found) {
    if (!number.is_number_integer() || number < 0) {
      throw HandlerError("InvalidEvent",
                         "numbers has " + number.dump() + ", must have integers from 0 on");
    }
    numbers.push_back(number.get<std::uint64_t>());
  }
  return numbers;
}

double ratio_of(const Json& event) {
  const Json ratio = event.value("ratio", Json(1.0));
  if (ratio.is_number() && ratio >= 0 && ratio <= 1) return ratio.get<double>();
  throw HandlerError("InvalidEvent", "ratio is " + ratio.dump() + ", must be from 0 to 1");
}

bool is_prime(std::uint64_t number) { return number > 1 && smallest_divisor(number) == number; }

}  // namespace

std::uint64_t smallest_divisor(std::uint64_t number) {
  if (number < 2) return 1;
  for (const std::uint64_t small : {2, 3}) {
    if (number % small == 0) return small;
  }
  // Every further prime is one below or one above a multiple of 6.
  for (std::uint64_t divisor = 5; divisor <= number / divisor; divisor += 6) {
    if (number % divisor == 0) return divisor;
    if (number % (divisor + 2) == 0) return divisor + 2;
  }
  return number;
}

Json check(const Json& event) {
  Json found = Json::array();
  for (const std::uint64_t number : numbers_of(event)) {
    if (is_prime(number)) found.push_back(number);
  }
  return {{"primes", std::move(found)}};
}

Json check_multicore(const Json& event, examples::Workers& workers) {
  struct Candidate {
    std::uint64_t number = 0;
    bool prime = false;
  };
  std::vector<Candidate> candidates;
  for (const std::uint64_t number : numbers_of(event)) candidates.push_back({.number = number});
  const auto test = [&](std::size_t at) { candidates[at].prime = is_prime(candidates[at].number); };
  const auto parallel = static_cast<std::size_t>(
      std::llround(ratio_of(event) * static_cast<double>(candidates.size())));
  std::atomic<std::size_t> next = 0;
  workers.run([&] {
    for (std::size_t at = next++; at < parallel; at = next++) test(at);
  });
  for (std::size_t at = parallel; at < candidates.size(); ++at) test(at);
  Json found = Json::array();
  for (const Candidate& candidate : candidates) {
    if (candidate.prime) found.push_back(candidate.number);
  }
  return {{"primes", std::move(found)}};
}

}  // namespace primes
