#pragma once

#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "stepconf/base/error.h"

namespace stepconf::services {

/// A page of a listing; `next` asks for the next one, and is empty on the last.
template <class Item>
struct Page {
  std::vector<Item> items{};
  std::string next{};
};

/// Gathers a listing: `fetch(next)` gives a page, the first for "". Throws Error where the service
/// gives a token twice, which would never end.
template <class Fetch>
auto all_pages(Fetch fetch) {
  std::set<std::string> seen;
  auto page = fetch(std::string());
  auto items = std::move(page.items);
  while (!page.next.empty()) {
    if (!seen.insert(page.next).second)
      throw Error("a listing gives the same page again and again");
    page = fetch(page.next);
    items.insert(items.end(), std::make_move_iterator(page.items.begin()),
                 std::make_move_iterator(page.items.end()));
  }
  return items;
}

}  // namespace stepconf::services
