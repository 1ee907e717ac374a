#include "messages/subjects.hpp"
#include "node/ports/journal.hpp"
#include "tests/node/nats_servers.hpp"

#include <catch2/catch.hpp>
#include <mutex>
#include <optional>

using namespace alleycat;
using namespace alleycat::testing;

namespace {

/// The last listing that was told, from whatever thread.
class told {
public:
  std::function<void(journal_listing)> here() {
    return [this](journal_listing listing) {
      const std::lock_guard lock{mutex_};
      last_ = std::move(listing);
    };
  }
  std::optional<journal_listing> last() const {
    const std::lock_guard lock{mutex_};
    return last_;
  }

private:
  mutable std::mutex mutex_;
  std::optional<journal_listing> last_;
};

} // namespace

TEST_CASE("classes that are listed together each tell their own races") {
  const temporary_folder folder;
  const auto server = one_server(folder);
  const race_key first{class_id{1}, race_id{7}};
  const race_key second{class_id{2}, race_id{8}};
  std::array<told, 2> heard;
  jetstream_journal journal{{server.url()}, "lists"};
  REQUIRE(comes_true([&] { return journal.connection().answers(std::chrono::seconds{1}); }));
  for (const auto key : {first, second}) {
    const auto name = journal_stream(key.cls);
    const auto wildcard = journal_wildcard(key.cls);
    const char* subjects[] = {wildcard.c_str()};
    jsStreamConfig config;
    jsStreamConfig_Init(&config);
    config.Name = name.c_str();
    config.Subjects = static_cast<const char**>(subjects);
    config.SubjectsLen = 1;
    config.MaxBytes = 1'000'000;
    REQUIRE(js_AddStream(nullptr, journal.context(), &config, nullptr, nullptr) == NATS_OK);
    REQUIRE(js_Publish(nullptr, journal.context(), journal_subject(key).c_str(), "x", 1, nullptr, nullptr) == NATS_OK);
  }
  journal.list(first.cls, heard[0].here());
  journal.list(second.cls, heard[1].here());
  REQUIRE(comes_true([&] { return heard[0].last() && heard[1].last(); }));
  using races = std::vector<std::pair<race_key, std::uint64_t>>;
  CHECK(heard[0].last()->subjects == races{{first, 1}});
  CHECK(heard[1].last()->subjects == races{{second, 1}});
  CHECK(heard[0].last()->cls == first.cls);
  CHECK(heard[0].last()->max_bytes == 1'000'000);
}
