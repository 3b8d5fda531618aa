// What the product does with objects and signatures, for tests that are written in Python against
// software that others wrote. Usage: objects_tool read|remove URL, objects_tool write URL <BYTES,
// objects_tool sign <REQUESTS, a JSON object a line, answered by the signed request's headers.

#include <chrono>
#include <exception>
#include <iostream>
#include <iterator>
#include <string>

#include "stepconf/aws/signature.h"
#include "stepconf/base/json.h"
#include "stepconf/net/digest.h"
#include "stepconf/objects/object_store.h"

namespace {

using namespace stepconf;

std::string standard_input() {
  return {std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
}

Json signed_headers(const Json& order) {
  net::Request request{.method = order.at("method"), .target = order.at("target")};
  for (const auto& [name, value] : order.at("headers").items()) request.headers.set(name, value);
  request.body = order.at("body");
  const aws::Credentials credentials{.access_key_id = order.at("id"),
                                     .secret_access_key = order.at("secret"),
                                     .session_token = order.at("token")};
  const bool unsigned_payload = order.at("unsigned_payload");
  aws::sign(request, credentials, {.service = order.at("service"), .region = order.at("region")},
            std::chrono::system_clock::from_time_t(order.at("time").get<std::time_t>()),
            unsigned_payload ? std::string(aws::kUnsignedPayload)
                             : net::hexadecimal(net::sha256(request.body)));
  Json headers = Json::object();
  for (const auto& [name, value] : request.headers.fields) headers[name] = value;
  return headers;
}

int run(const std::string& verb, const std::string& url) {
  if (verb == "sign") {
    for (std::string line; std::getline(std::cin, line);) {
      std::cout << signed_headers(Json::parse(line)).dump() << '\n';
    }
    return 0;
  }
  objects::ObjectStore store(objects::store_options());
  if (verb == "read") {
    std::cout << store.read(url);
  } else if (verb == "write") {
    store.write(url, standard_input());
  } else if (verb == "remove") {
    store.remove(url);
  } else {
    return 2;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    std::ios::sync_with_stdio(false);
    return run(argc > 1 ? argv[1] : "", argc > 2 ? argv[2] : "");
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
