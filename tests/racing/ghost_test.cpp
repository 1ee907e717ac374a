#include "racing/ghost.hpp"

#include <catch2/catch.hpp>

namespace alleycat {

TEST_CASE("a ghost is named by leader, median, a place or a racer", "[ghost]") {
  CHECK(parse_ghost("leader") == ghost_choice{ghost_kind::leader, 0});
  CHECK(parse_ghost("median") == ghost_choice{ghost_kind::median, 0});
  CHECK(parse_ghost("rank-12") == ghost_choice{ghost_kind::rank, 12});
  CHECK(parse_ghost("8") == ghost_choice{ghost_kind::racer, 8});
  CHECK(parse_ghost("0") == ghost_choice{ghost_kind::racer, 0});
  CHECK(parse_ghost("4294967295") == ghost_choice{ghost_kind::racer, 4'294'967'295});
  for (const auto* text :
       {"", "Leader", "rank-", "rank-0", "rank-01", "rank--1", "-1", "08", "8a", "4294967296", "rank"})
    CHECK_FALSE(parse_ghost(text));
  CHECK(kind_text({ghost_kind::rank, 12}) == "rank-12");
  CHECK(kind_text({ghost_kind::racer, 8}) == "racer");
}

} // namespace alleycat
