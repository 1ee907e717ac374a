/// What one node knows of claims: who holds which class, by which epoch, and which epoch comes next.
///
/// The highest claim of a class holds. Claims of an earlier bucket, below what was seen outside, or deleted, do not hold any
/// more but are not forgotten: they say who the owner was, and no epoch comes a second time. Epochs far beyond the
/// generation that is in use are nobody's: they are passed over and reported.
#pragma once

#include "cluster/records.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace alleycat {

class claim_table {
public:
  struct latest_claim {
    epoch owner_epoch;
    claim what;
    bool holds = true; ///< false: not in this bucket any more, or below a floor; the owner has to claim anew
  };

  void saw(const claim_key& key, const claim& what);
  /// Nobody owns the class by this epoch any more, and nobody will again.
  void saw_deleted(const claim_key& key);
  void saw_generation(std::uint64_t number);
  /// An epoch of this class that was met outside the bucket.
  void saw_outside(class_id cls, epoch owner_epoch);
  /// The highest epoch found outside the bucket, of whatever class: the bucket's generation is not below it, a new one is
  /// above it, and so is the next epoch of every class: the bucket may have been set back while nobody looked.
  void saw_outside(epoch highest);
  /// The highest epoch that another member knows, of whatever class.
  void saw_highest(epoch highest);
  /// What is told from here until `end_reading` is all that the bucket holds.
  void begin_reading() { ++reading_; }
  void end_reading();
  /// Nothing of what was seen is in the bucket any more.
  void lose_bucket();

  /// Whether the bucket's generation is known; nothing may be claimed before.
  bool generation_known() const { return generation_ > before_ && generation_ >= outside_; }
  /// The one to create while it is not known.
  std::uint64_t wanted_generation() const { return newest_generation() + 1; }
  std::uint64_t generation() const { return generation_; }

  /// The latest claim, a release too. @returns null for none
  const latest_claim* latest(class_id cls) const;
  /// The claim by this epoch that is in the bucket. @returns null for none
  const claim* in_bucket(const claim_key& key) const;
  /// One more than anything seen of the class, and in no generation before one that was seen.
  epoch next(class_id cls) const;
  /// Of any class.
  epoch highest() const { return highest_; }
  /// Claims of the class in the bucket that have at least `kept` above them, ascending.
  std::vector<claim_key> overtaken(class_id cls, std::size_t kept) const;

  /// What was passed over since the last call, a sentence each. Every key once, at most 100 in all.
  std::vector<std::string> take_reports() { return std::exchange(reports_, {}); }

private:
  struct entry {
    claim what;
    std::uint64_t told = 0; ///< in which reading
  };
  struct knowledge {
    std::map<epoch, entry> in_bucket;
    std::optional<latest_claim> latest;
    epoch floor; ///< a claim below it does not hold
  };
  std::uint64_t newest_generation() const { return std::max({generation_, outside_, before_}); }
  bool is_sane(epoch any, const std::string& where);
  void judge(class_id cls, knowledge& k);
  void judge_all();

  std::map<class_id, knowledge> classes_;
  std::uint64_t generation_ = 0; ///< highest in this bucket
  std::uint64_t outside_ = 0;    ///< highest found outside
  epoch outside_epoch_;
  std::uint64_t before_ = 0; ///< highest of a bucket that was lost
  epoch highest_;
  std::uint64_t reading_ = 0;
  std::set<std::string> reported_;
  std::vector<std::string> reports_;
};

} // namespace alleycat
