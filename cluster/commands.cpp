#include "cluster/commands.hpp"

namespace alleycat {

namespace {

struct carrier {
  bucket_port& bucket;

  bool operator()(const put_entry& x) const {
    bucket.put(x.key, x.value);
    return true;
  }
  bool operator()(const create_entry& x) const {
    bucket.create(x.key, x.value);
    return true;
  }
  bool operator()(const read_entry& x) const {
    bucket.read(x.key);
    return true;
  }
  bool operator()(const erase_entry& x) const {
    bucket.erase(x.key);
    return true;
  }
  bool operator()(const read_entries& x) const {
    bucket.read_all(x.token);
    return true;
  }
  bool operator()(const auto&) const { return false; }
};

} // namespace

bool carry_out(const command& what, bucket_port& bucket) {
  return std::visit(carrier{bucket}, what);
}

} // namespace alleycat
