/// What one node knows of claims: who holds what, by which epoch, and which epoch comes next.
///
/// The highest claim of an entity holds. Claims of an earlier bucket, or below what was seen outside, do not hold any more
/// but are not forgotten: they say who the owner was, and no epoch comes a second time.
#pragma once

#include "cluster/records.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace alleycat {

class claim_table {
public:
  struct held {
    epoch at;
    claim what;
    bool holds = true; ///< false: from an earlier bucket, or below a floor; the owner has to claim anew
  };

  void saw(const claim_key& key, const claim& what);
  /// A deleted key says that the entity is over.
  void saw_deleted(const claim_key& key);
  void saw_generation(std::uint64_t number);
  /// An epoch of this entity that was met outside the bucket.
  void saw_outside(const entity& what, epoch at);
  /// The highest epoch found outside the bucket, of whatever entity: the bucket's generation is not below it, a new one is
  /// above it.
  void saw_outside(epoch at) { outside_ = std::max(outside_, generation_of(at)); }
  void end(const entity& what);
  /// Nothing of what was seen is in the bucket any more.
  void lose_bucket();
  /// Forgets an entity. @pre it has no keys in the bucket and nobody will ask for it again
  void forget(const entity& what);

  /// Whether the bucket's generation is known; nothing may be claimed before.
  bool generation_known() const;
  /// The one to create while it is not known.
  std::uint64_t wanted_generation() const { return std::max({generation_, outside_, before_}) + 1; }
  std::uint64_t generation() const { return generation_; }

  /// The latest claim, a release too. @returns null for none
  const held* latest(const entity& what) const;
  /// The claim by this epoch that is in the bucket. @returns null for none
  const claim* in_bucket(const claim_key& key) const;
  /// One more than anything seen.
  epoch next(const entity& what) const;
  bool is_over(const entity& what) const;
  /// Claim keys of the entity that are in the bucket.
  std::vector<claim_key> keys(const entity& what) const;

private:
  struct knowledge {
    std::map<epoch, claim> in_bucket;
    std::optional<held> latest;
    epoch floor;
    bool over = false;
  };
  void judge(knowledge& k) const;

  std::map<entity, knowledge> entities_;
  std::uint64_t generation_ = 0; ///< highest in this bucket
  std::uint64_t outside_ = 0;    ///< highest found outside
  std::uint64_t before_ = 0;     ///< highest of a bucket that was lost
};

} // namespace alleycat
