# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # what others use, and have set
# What the project needs from Debian 12 and npm, and how it is installed when missing. Sourced, after common.sh and progress.sh.

# To build and run.
packages_to_run=(
  ca-certificates git g++ cmake ninja-build ccache pkg-config
  libcaf-dev libnats-dev liblmdb-dev libprotobuf-dev protobuf-compiler libsimdjson-dev libfmt-dev libspdlog-dev
  nlohmann-json3-dev prometheus-cpp-dev libcivetweb-dev libcpp-httplib-dev libcli11-dev libtomlplusplus-dev libssl-dev
  libutf8proc-dev libsystemd-dev libzstd-dev libpugixml-dev libjemalloc-dev
  nats-server
)
# To test and check as well.
packages_to_test=(catch2 libprotobuf-c-dev protobuf-c-compiler libsqlite3-dev librapidcheck-dev libbenchmark-dev libhiredis-dev redis-server clang-format clang-tidy python3 chromium openssl
  prometheus iproute2 zstd zsh fish systemd lintian yamllint shellcheck)

# Prints the packages among the arguments that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s\n' "$package"
  done
}

node_major() { node --version 2>/dev/null | sed -n 's/^v\([0-9]*\)\..*/\1/p'; }

# install_packages PACKAGE...: asks apt only for what is missing; Node.js counts as there from version 18 on, wherever it is from.
install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  local major
  major=$(node_major)
  ((${major:-0} >= 18)) || missing+=(nodejs)
  # Some builds of nodejs bring npm along and refuse Debian's package beside them.
  command -v npm >/dev/null || missing+=(npm)
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || fail "not a Debian system; please install: ${missing[*]}"
  say "   missing: ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o APT::Status-Fd=1 "${missing[@]}" |
    show_apt packages
}

# The page's tools want a younger Node.js than Debian 12 has. use_young_node: puts one from npm, below build/, first in PATH
# when the one that is there is older than 20.19.
use_young_node() {
  local minor
  minor=$(node --version | sed -n 's/^v[0-9]*\.\([0-9]*\)\..*/\1/p')
  (($(node_major) > 20 || ($(node_major) == 20 && minor >= 19))) && return 0
  local machine folder=$build_dir/node
  case $(uname -m) in
    x86_64) machine=x64 ;;
    aarch64) machine=arm64 ;;
    *) fail "the page needs Node.js 20.19 or later" ;;
  esac
  [ -x "$folder/node_modules/node-linux-$machine/bin/node" ] ||
    timed "Node.js 22" npm install --prefix "$folder" --no-save --no-audit --no-fund --loglevel=error "node-linux-$machine@22" || return 1
  PATH=$folder/node_modules/node-linux-$machine/bin:$PATH
}

# install_node_modules FOLDER: `npm ci`, unless what is installed is as new as the lock file.
install_node_modules() {
  local folder=$1
  [ -f "$folder/package-lock.json" ] || return 0
  [ ! "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ] || return 0
  timed "npm packages of ${folder#"$project_dir/"}" npm ci --prefix "$folder" --no-audit --no-fund --loglevel=error
}
