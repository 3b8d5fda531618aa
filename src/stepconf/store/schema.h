#pragma once

#include <cstdint>
#include <filesystem>

#include "stepconf/store/sqlite.h"

namespace stepconf::store {

/// The tables of a file, and what PRAGMA user_version says where they are there.
struct Schema {
  std::int64_t version = 1;
  const char* tables = "";
};

/// Makes the folder that `file` is to stand in. Throws Error.
void make_folder(const std::filesystem::path& file, const Purpose& purpose);

/// Makes the tables in a new file. Two processes may find it new at once: who comes second finds
/// it made. Throws InvalidInput where the file is of a newer version or another program's.
void bring_up_to_date(Database& database, const Schema& schema);

/// Reads all pages. Throws InvalidInput where the file is damaged. O(size).
void check_pages(Database& database);

}  // namespace stepconf::store
