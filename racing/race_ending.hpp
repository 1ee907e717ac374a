/// The final state of a race.
#pragma once

#include "racing/race_fold.hpp"

#include <cstddef>

namespace alleycat {

/// The race as it stays for ever, made some rides and seconds at a time: a large one takes so long that running races would
/// wait for it.
class race_ending {
public:
  /// @param race  must outlive this. @pre race.closed()
  race_ending(const race_fold& race, epoch owner_epoch);

  bool done() const { return seconds_ == race_.order_.size(); }
  /// @param steps  at most; each is a ride that is copied, or a second that is ranked
  void go_on(std::size_t steps);
  /// @pre done()
  closed_race take();

private:
  void copy(std::size_t row);
  void rank(std::size_t second);

  const race_fold& race_;
  closed_race made_;
  std::size_t rides_ = 0;   ///< that are copied
  std::size_t seconds_ = 0; ///< that are ranked
};

} // namespace alleycat
