# shellcheck shell=bash
# shellcheck disable=SC2034 # what others use
# Shared by ops/up and ops/test: where the project is, how progress is said, how to become root for one command.
# Sourced, never run. Expects `set -euo pipefail`.

project_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
build_dir=$project_dir/build

say() { printf '%s\n' "$*"; }
step() { printf -- '-- %s\n' "$*"; }
fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}
wrong_usage() {
  printf '%s: %s (see --help)\n' "$(basename "$0")" "$*" >&2
  exit 2
}

# timed LABEL COMMAND...: says what begins and, when it is done, how long it took. Keeps the command's exit code.
timed() {
  local label=$1 began=$SECONDS code=0
  shift
  step "$label ..."
  "$@" || code=$?
  if [ "$code" -eq 0 ]; then
    step "$label: done in $((SECONDS - began)) s"
  else
    step "$label: FAILED after $((SECONDS - began)) s (exit code $code)"
  fi
  return "$code"
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "'$*' needs root: run as root or install sudo"
  fi
}

# A whole number within bounds, or wrong usage. number_within NAME VALUE LOWEST HIGHEST
number_within() {
  [[ $2 =~ ^[0-9]{1,9}$ ]] && ((10#$2 >= $3 && 10#$2 <= $4)) || wrong_usage "$1 takes a number from $3 to $4, not '$2'"
}
