/// How actors call the record store.
#pragma once

#include "actors/context.hpp"
#include "actors/errors.hpp"
#include "racing/record_store.hpp"

#include <caf/result.hpp>

#include <string>
#include <utility>

namespace alleycat {

/// Calls the store. What may go away becomes an error value; what may not ends the process.
template <class Result, class Call>
caf::result<Result> call_store(const actor_context& env, Call&& call) {
  std::string why;
  try {
    return call();
  } catch (const store_failed_error& e) {
    why = e.what();
    env.log->fatal("store.failed", {{"error", why}});
  } catch (const store_error& e) {
    why = e.what();
    env.counts->store_errors.add();
  } catch (const std::exception& e) {
    why = e.what();
    env.log->fatal("store.failed", {{"error", why}});
  }
  return caf::make_error(ec::store_failed, std::move(why));
}

} // namespace alleycat
