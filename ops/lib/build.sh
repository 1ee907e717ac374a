# shellcheck shell=bash
# Configuring and building. Sourced, after common.sh.

build_jobs() {
  local cores
  cores=$(nproc)
  # A CAF translation unit takes up to 1 GiB.
  local by_memory=$(($(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo) / 1000000))
  echo $((by_memory < 1 ? 1 : by_memory < cores ? by_memory : cores))
}

# build_preset PRESET [TARGET...]: ninja shows its own progress.
build_preset() {
  local preset=$1 targets=()
  shift
  (($#)) && targets=(--target "$@")
  (
    # `&&`: callers may have switched `set -e` off by asking for the exit code.
    cd "$project_dir" &&
      cmake --preset "$preset" --log-level=WARNING >/dev/null &&
      cmake --build --preset "$preset" --parallel "$(build_jobs)" "${targets[@]}"
  )
}
