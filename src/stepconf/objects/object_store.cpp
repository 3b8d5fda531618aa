#include "stepconf/objects/object_store.h"

#include <fmt/format.h>

#include <charconv>
#include <future>
#include <system_error>
#include <utility>

#include "stepconf/base/file.h"
#include "stepconf/objects/parts.h"

namespace stepconf::objects {
namespace {

// Waits for a transfer that `start` begins, and gives what was read.
std::string wait_for(std::string_view url, const std::function<void(Transferred)>& start) {
  std::promise<Transfer> promise;
  start([&promise](Transfer transfer) { promise.set_value(std::move(transfer)); });
  Transfer transfer = promise.get_future().get();
  if (!transfer.ok()) throw ObjectError(url, transfer.failure);
  return std::move(transfer.bytes);
}

// Begins a transfer; what keeps it from beginning is its failure.
template <class Begin>
void begin_or_fail(const Transferred& done, const Begin& begin) {
  try {
    begin();
  } catch (const ObjectError& error) {
    done({.failure = error.reason()});
  } catch (const std::exception& error) {
    done({.failure = error.what()});
  }
}

const std::filesystem::path* as_file(const Location& place) {
  return std::get_if<std::filesystem::path>(&place);
}

}  // namespace

StoreOptions store_options(aws::Environment environment) {
  StoreOptions options;
  options.environment = std::move(environment);
  const auto text = options.environment("STEPCONF_S3_CONNECTIONS");
  if (!text) return options;
  const auto [end, problem] =
      std::from_chars(text->data(), text->data() + text->size(), options.connections);
  if (problem != std::errc() || end != text->data() + text->size() || options.connections < 1 ||
      options.connections > 256) {
    throw InvalidInput(
        fmt::format("STEPCONF_S3_CONNECTIONS is \"{}\", must be from 1 to 256", *text));
  }
  return options;
}

ObjectStore::ObjectStore(StoreOptions options)
    : options_(std::move(options)),
      threads_(options_.connections, std::make_shared<aws::CredentialChain>(options_.environment),
               options_.call) {}

Location ObjectStore::place_of(std::string_view url) const {
  Location place = locate(url);
  if (as_file(place) && !options_.files) {
    throw ObjectError(url, "files are for local runs; must be s3://BUCKET/KEY here");
  }
  return place;
}

S3Target ObjectStore::target(const S3Object& object, Wanted wanted) {
  const std::scoped_lock lock(mutex_);
  if (!s3_) s3_ = s3_settings(options_.environment);
  S3Address address = s3_address(object, *s3_);
  return {.destination = {.origin = std::move(address.origin),
                          .scope = {.service = "s3", .region = s3_->region}},
          .path = std::move(address.path),
          .part_bytes = options_.part_bytes,
          .wanted = std::move(wanted)};
}

std::string ObjectStore::read(std::string_view url) {
  const Location place = place_of(url);
  if (const auto* path = as_file(place)) {
    try {
      return read_file(*path);
    } catch (const Error& error) {
      throw ObjectError(url, error.what());
    }
  }
  return wait_for(url, [&](Transferred done) { read(std::string(url), std::move(done)); });
}

void ObjectStore::write(std::string_view url, std::string bytes) {
  const Location place = place_of(url);
  if (const auto* path = as_file(place)) {
    try {
      return write_file(*path, bytes);
    } catch (const Error& error) {
      throw ObjectError(url, error.what());
    }
  }
  wait_for(url,
           [&](Transferred done) { write(std::string(url), std::move(bytes), std::move(done)); });
}

void ObjectStore::remove(std::string_view url) {
  const Location place = place_of(url);
  if (const auto* path = as_file(place)) {
    std::error_code problem;
    std::filesystem::remove(*path, problem);
    if (problem) throw ObjectError(url, problem.message());
    return;
  }
  wait_for(url, [&](const Transferred& done) {
    begin_or_fail(done,
                  [&] { remove_from_s3(threads_, target(std::get<S3Object>(place), {}), done); });
  });
}

void ObjectStore::read(const std::string& url, Transferred done, Wanted wanted) {
  post(std::move(done), [this, url, wanted = std::move(wanted)](const Transferred& tell) {
    require(wanted);
    const Location place = place_of(url);
    if (const auto* path = as_file(place)) return tell({.bytes = read_file(*path)});
    read_from_s3(threads_, target(std::get<S3Object>(place), wanted), tell);
  });
}

void ObjectStore::write(const std::string& url, std::string bytes, Transferred done,
                        Wanted wanted) {
  // A function that is copied, so bytes that are not.
  const auto content = std::make_shared<std::string>(std::move(bytes));
  post(std::move(done), [this, url, content, wanted = std::move(wanted)](const Transferred& tell) {
    require(wanted);
    const Location place = place_of(url);
    if (const auto* path = as_file(place)) {
      write_file(*path, *content);
      return tell({});
    }
    write_to_s3(threads_, target(std::get<S3Object>(place), wanted), std::move(*content), tell);
  });
}

// Has a transfer begun in one of the threads.
void ObjectStore::post(Transferred done, std::function<void(const Transferred&)> begin) {
  begin_or_fail(done, [&] {
    threads_.post([done, begin = std::move(begin)](aws::ServiceClient&) {
      begin_or_fail(done, [&] { begin(done); });
    });
  });
}

}  // namespace stepconf::objects
