# shellcheck shell=bash
# A bare Debian 12 by debootstrap, and copies of it to run things in. Sourced, after ops/lib/common.sh; wants $folder, where it lies.

mkdir -p "$folder"
folder=$(readlink -f "$folder")
bare=$folder/debian
machine=$folder/machine

# The mirror this machine installs Debian 12 from; empty = debootstrap's own. Other releases have none to offer.
mirror() {
  # shellcheck disable=SC2016 # apt's own placeholders
  apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    awk '$1 == "bookworm" && $2 == "main" { print $3; exit }'
}

make_bare() {
  [ -f "$folder/debian-is-complete" ] && return
  command -v debootstrap >/dev/null || {
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
  } || return 1
  rm -rf "$bare"
  # shellcheck disable=SC2046 # an empty mirror is no argument
  debootstrap --variant=minbase bookworm "$bare" $(mirror) >"$folder/debootstrap.log" 2>&1 || {
    tail -n 15 "$folder/debootstrap.log"
    return 1
  }
  touch "$folder/debian-is-complete"
}

# copy_into_machine PATH...: files and folders of this machine, to the same place; what does not exist is left out.
copy_into_machine() {
  local path
  for path in "$@"; do
    [ -e "$path" ] || continue
    mkdir -p "$machine$(dirname "$path")"
    cp -a --no-target-directory "$(readlink -f "$path")" "$machine$path"
  done
}

# A network behind a proxy, a mirror or a CA of its own is one for the bare machine too.
carry_over() {
  copy_into_machine /etc/resolv.conf /etc/hosts /usr/local/share/ca-certificates /etc/ssl/certs
  if [ -n "$(mirror)" ]; then
    rm -rf "$machine/etc/apt/sources.list"
    copy_into_machine /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/keyrings /etc/apt/auth.conf.d /etc/apt/auth.conf
    local file
    for file in /etc/apt/apt.conf.d/*; do
      # Of the configuration, what says where packages come from; the rest belongs to what is installed here.
      if grep -Eqi 'Acquire|Proxy' "$file"; then copy_into_machine "$file"; fi
    done
  fi
  if command -v npm >/dev/null; then
    local config
    for config in $(npm config get globalconfig) $(npm config get userconfig); do
      if [ -f "$config" ]; then cat "$config"; fi
    done >"$machine/etc/npmrc"
    local ca
    ca=$(npm config get cafile)
    if [ -f "$ca" ]; then copy_into_machine "$ca"; fi
  fi
}

# In a name space of its own, so that whatever the command mounts and leaves running is gone with it.
in_machine() {
  local keep=() name ca=/etc/ssl/certs/ca-certificates.crt
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    if [ -n "${!name:-}" ]; then keep+=("$name=${!name}"); fi
  done
  if compgen -G '/usr/local/share/ca-certificates/*' >/dev/null; then
    keep+=("NODE_EXTRA_CA_CERTS=$ca" "SSL_CERT_FILE=$ca" "npm_config_cafile=$ca")
  fi
  # shellcheck disable=SC2016 # expanded in there
  unshare --mount --pid --fork --kill-child bash -c '
    set -e
    machine=$1; shift
    mount --make-rprivate /
    mount -t proc proc "$machine/proc"
    mount --rbind /dev "$machine/dev"
    mount --rbind /sys "$machine/sys"
    exec chroot "$machine" "$@"' bash "$machine" \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/srv LANG=C.UTF-8 TERM=dumb NPM_CONFIG_GLOBALCONFIG=/etc/npmrc "${keep[@]}" \
    bash -c "mkdir -p /srv/alleycat && cd /srv/alleycat && $1"
}
