# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # what others use, and have set
# Configuring and building. Sourced, after common.sh and progress.sh.

# What ops/up needs of the build.
programs_to_run=(alleycat-node alleycat-sim alleycat)

build_jobs() {
  local cores
  cores=$(nproc)
  # A CAF translation unit takes up to 1 GiB.
  local by_memory=$(($(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo) / 1000000))
  echo $((by_memory < 1 ? 1 : by_memory < cores ? by_memory : cores))
}

# build_preset PRESET [TARGET...]: with ninja's own progress.
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

# build_shown PRESET [TARGET...]: with how far it is and how long it still takes.
build_shown() { build_preset "$@" 2>&1 | show_ninja build; }

# build_page: the page into build/web, unless it is newer than everything it is made of.
build_page() {
  local made=$build_dir/web/index.html
  use_young_node && install_node_modules "$project_dir/web" || return 1
  if [ -f "$made" ] && [ -z "$(find "$project_dir/web" "$project_dir/docs/asyncapi.yaml" -name node_modules -prune -o -type f -newer "$made" -print -quit)" ]; then
    return 0
  fi
  npm run --prefix "$project_dir/web" --silent build -- --logLevel warn
}
