#include "persistence/store.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <unistd.h>

namespace alleycat {

namespace {

void create_folder(const std::filesystem::path& folder) {
  std::error_code trouble;
  std::filesystem::create_directories(folder, trouble);
  if (trouble)
    throw store_error{"data folder " + folder.string() + " cannot be created: " + trouble.message()};
}

/// Reads every page of the file that is in use. @throws damaged_value or lmdb::error where one is missing.
void read_everything(lmdb::txn& in) {
  lmdb::cursor free_list{in, lmdb::free_pages};
  for (auto entry = free_list.first(); entry; entry = free_list.next())
    if (byte_reader{entry->value}.number<std::uint64_t>() == 0)
      throw damaged_value{"a list of freed pages is missing"};
  lmdb::cursor names{in, in.open(nullptr, false).value()};
  for (auto name = names.first(); name; name = names.next()) {
    const auto table = in.open(std::string{name->key}.c_str(), false);
    lmdb::cursor at{in, table.value()};
    for (auto entry = at.first(); entry; entry = at.next())
      if (name->key != "meta") // its values are checked when it is read
        layout::check_seal(entry->value);
  }
}

} // namespace

void store_on_lmdb::open_environment() {
  const bool any_length = options_.ride_seconds == 0 && options_.read_only;
  if (!any_length && (options_.ride_seconds == 0 || options_.ride_seconds > max_ride_seconds))
    throw store_refused_error{"ride_seconds must be 1.." + std::to_string(max_ride_seconds)};
  const auto file = folder_ / data_file;
  std::error_code trouble;
  if (!options_.read_only) {
    create_folder(folder_);
    lock_.emplace(folder_);
  } else if (!std::filesystem::exists(file, trouble)) {
    throw store_error{"no store in " + folder_.string()};
  }
  try {
    env_.emplace(folder_, std::min(options_.initial_map_bytes, options_.max_map_bytes),
                 options_.read_only ? unsigned{MDB_RDONLY} : 0U);
    if (!options_.read_only)
      sync_folder(folder_);
  } catch (const lmdb::error& error) {
    switch (error.code()) {
    case EACCES:
    case EPERM:
    case EROFS:
      throw store_error{"data folder " + folder_.string() + " is not writable: " + words_for(error.code())};
    case MDB_INVALID:
    case MDB_CORRUPTED:
      throw store_error{"the store " + file.string() + " is damaged: it has no valid header; " + way_out};
    case MDB_VERSION_MISMATCH:
      throw store_error{"the store " + file.string() + " was written by another version of LMDB; " + way_out};
    default:
      throw store_error{"the store " + file.string() + " cannot be opened: " + error.what()};
    }
  }
  if (!options_.read_only)
    check_length();
}

void store_on_lmdb::check_length() {
  const auto file = folder_ / data_file;
  std::error_code trouble;
  const auto length = std::filesystem::file_size(file, trouble);
  if (trouble)
    throw store_error{"the store " + file.string() + " cannot be measured: " + trouble.message()};
  const auto extent = env_->extent_bytes();
  if (length >= extent)
    return;
  // Pages at the end that were freed in the transaction that took them were never written; so a short file need not be
  // damaged. But touching a missing page would kill the process: so it is made to read as zeros, which are no valid
  // page and no valid value. Under the folder's lock nobody else writes.
  if (::truncate(file.c_str(), static_cast<off_t>(extent)) != 0)
    throw store_error{"the store " + file.string() + " cannot be extended: " + words_for(errno)};
  try {
    lmdb::txn in{*env_, lmdb::access::read};
    read_everything(in);
  } catch (const std::runtime_error& error) {
    throw store_error{"the store " + file.string() + " is damaged: it is cut off (" + error.what() + "); " + way_out};
  }
}

void store_on_lmdb::open_tables() {
  const auto file = (folder_ / data_file).string();
  try {
    const bool create = !options_.read_only;
    const auto work = [&](lmdb::txn& in) {
      const bool fresh = in.entries(in.open(nullptr, false).value()) == 0;
      const auto meta = in.open("meta", create && fresh);
      if (!meta)
        throw store_error{
            "the store " + file +
            " was not made by Alleycat, or is damaged: it has no table `meta`; choose another folder, or " + way_out};
      tables_.meta = *meta;
      if (fresh) {
        std::string bytes;
        byte_writer{bytes}.number(layout::format);
        in.put(tables_.meta, "format", bytes);
        in.put(tables_.meta, "ride_seconds", layout::encode_count(options_.ride_seconds));
      }
      check_meta(in);
      const auto open = [&](const char* name) {
        const auto table = in.open(name, create);
        if (!table)
          throw store_error{"the store " + file + " has no table `" + name + "`"};
        return *table;
      };
      tables_.bests = open("bests");
      tables_.records = open("records");
      tables_.results = open("results");
      tables_.rides = open("rides");
      tables_.by_racer = open("by_racer");
      tables_.names = open("names");
      tables_.applied = open("applied");
      tables_.unannounced = open("unannounced");
      tables_.edits = open("edits");
      tables_.cleanups = open("cleanups");
      in.commit();
    };
    for (;;) {
      try {
        lmdb::txn in{*env_, create ? lmdb::access::write : lmdb::access::read};
        work(in);
        return;
      } catch (const lmdb::error& error) {
        if (error.code() == MDB_MAP_RESIZED)
          env_->resize(0);
        else if (error.code() != MDB_MAP_FULL || !grow())
          throw;
      }
    }
  } catch (const lmdb::error& error) {
    raise(error, "opening the tables");
  } catch (const damaged_value& error) {
    raise(error, "opening the tables");
  }
}

void store_on_lmdb::check_meta(lmdb::txn& in) {
  const auto file = (folder_ / data_file).string();
  const auto format = in.get(tables_.meta, "format");
  if (!format)
    throw damaged_value{"table `meta` names no format"};
  const auto number = byte_reader{*format}.number<std::uint32_t>();
  if (number > layout::format)
    throw store_error{"the store " + file + " has format " + std::to_string(number) + ", newer than the " +
                      std::to_string(layout::format) + " of this program: run the newer program, or " + way_out};
  if (number == 0)
    throw damaged_value{"table `meta` names format 0"};
  const auto seconds = in.get(tables_.meta, "ride_seconds");
  if (!seconds)
    throw damaged_value{"table `meta` names no ride_seconds"};
  const auto stored = layout::decode_count(*seconds);
  if (options_.ride_seconds == 0)
    options_.ride_seconds = static_cast<std::uint32_t>(stored);
  if (stored != options_.ride_seconds)
    throw store_error{"the store " + file + " is of races with ride_seconds " + std::to_string(stored) + ", not " +
                      std::to_string(options_.ride_seconds) +
                      ": set race.ride_seconds back, or choose another data folder"};
}

std::unique_ptr<lmdb_store> open_lmdb_store(const std::filesystem::path& folder, const lmdb_options& options) {
  return std::make_unique<store_on_lmdb>(folder, options);
}

void set_aside_lmdb_store(const std::filesystem::path& folder) {
  const auto file = folder / data_file;
  std::error_code trouble;
  if (!std::filesystem::exists(file, trouble))
    return;
  const folder_lock lock{folder};
  std::filesystem::rename(file, folder / "data.mdb.replaced", trouble);
  if (trouble)
    throw store_error{"the store " + file.string() + " cannot be moved aside: " + trouble.message()};
  sync_folder(folder);
}

} // namespace alleycat
