# shellcheck shell=bash
# shellcheck disable=SC2154 # what others have set
# The parts of ops/test: run, timed, counted, listed at the end. Sourced, after common.sh.

logs=$build_dir/test
part_names=() part_seconds=() part_passed=() part_failed=() part_skipped=()

# part NAME COUNTER COMMAND...: runs the command and shows and keeps its output. COUNTER reads the output and the exit code
# and prints "passed failed skipped". A part that failed without counting a failure counts as one.
part() {
  local name=$1 counter=$2 began=$SECONDS code=0 passed failed skipped
  shift 2
  [ -z "${only:-}" ] || [ "$only" = "$name" ] || return 0
  say
  say "== $name"
  mkdir -p "$logs"
  # The part's own `set -e` is off here: commands of a part are joined by `&&`.
  "$@" 2>&1 | tee "$logs/$name.log" || code=${PIPESTATUS[0]}
  read -r passed failed skipped < <("$counter" "$code" <"$logs/$name.log")
  if ((code != 0 && failed == 0)); then failed=1; fi
  part_names+=("$name") part_seconds+=($((SECONDS - began)))
  part_passed+=("$passed") part_failed+=("$failed") part_skipped+=("$skipped")
  say "== $name: $passed passed, $failed failed in $((SECONDS - began)) s"
  ((failed == 0))
}

# A command is one test: its exit code says which way it went.
count_command() { if (($1 == 0)); then echo 1 0 0; else echo 0 1 0; fi; }

# "100% tests passed, 0 tests failed out of 345". No test at all is a failure.
count_ctest() {
  awk '/tests passed, [0-9]+ tests failed out of [0-9]+/ { failed = $4; all = $NF }
       /\(Skipped\)|\*\*\*Skipped/ { skipped++ }
       END { skipped = int(skipped / 2 + 0.5); print all + 0 - failed - skipped, (all ? failed : 1) + 0, skipped + 0 }'
}

# vitest's closing line: "Tests  3 failed | 165 passed | 1 skipped (169)". No test at all is a failure.
count_vitest() {
  sed 's/\x1b\[[0-9;]*m//g' | awk '$1 == "Tests" { for (i = 2; i < NF; i++) n[$(i + 1)] = $i }
       END { all = n["passed"] + n["failed"]; print n["passed"] + 0, (all ? n["failed"] : 1) + 0, n["skipped"] + n["todo"] + 0 }'
}

# The closing lines of node's test runner, whatever its reporter: "# pass 5", "ℹ fail 0". No test at all is a failure.
count_node_tests() {
  awk '$1 == "#" || $1 == "ℹ" { if (NF == 3 && $3 ~ /^[0-9]+$/) n[$2] = $3 }
       END { failed = n["fail"] + n["cancelled"]
             print n["pass"] + 0, (n["tests"] ? failed : 1) + 0, n["skipped"] + n["todo"] + 0 }'
}

# The last line of tests/crash/run: "24 passed, 0 failed". No round at all is a failure.
count_rounds() {
  awk '/^[0-9]+ passed, [0-9]+ failed$/ { passed = $1; failed = $3 }
       END { print passed + 0, (passed + failed ? failed : 1) + 0, 0 }'
}

# The table, and as the last line the sums. Fails when a part failed or none ran.
summary() {
  local i passed=0 failed=0 skipped=0
  say
  printf '%-18s %8s %8s %8s\n' part seconds passed failed
  for i in "${!part_names[@]}"; do
    printf '%-18s %8d %8d %8d\n' "${part_names[i]}" "${part_seconds[i]}" "${part_passed[i]}" "${part_failed[i]}"
    passed=$((passed + part_passed[i])) failed=$((failed + part_failed[i])) skipped=$((skipped + part_skipped[i]))
  done
  printf '%-18s %8d\n\n' total "$SECONDS"
  if ((skipped)); then
    say "$passed passed, $failed failed, $skipped skipped"
  else
    say "$passed passed, $failed failed"
  fi
  ((failed == 0 && passed > 0))
}
