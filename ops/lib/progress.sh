# shellcheck shell=bash
# How far something is, and about how long it still takes. Sourced, after common.sh.

# Seconds as people say them: "40 s", "3 min".
about() { if (($1 < 90)); then printf '%d s' "$1"; else printf '%d min' "$((($1 + 30) / 60))"; fi; }

# progress_begin LABEL: what the next calls of progress are about.
progress_begin() { progress_label=$1 progress_began=$SECONDS progress_shown=$SECONDS progress_drawn=false; }

# progress DONE ALL: redrawn in place on a terminal; else a line each 15 s.
progress() {
  local done=$1 all=$2 took=$((SECONDS - progress_began)) left=''
  ((all > 0 && done <= all)) || return 0
  # The first few percent say nothing about the rest.
  if ((took >= 5 && done * 20 >= all)); then left=", about $(about $((took * (all - done) / done))) left"; fi
  local text="   $progress_label: $((done * 100 / all)) %$left"
  if [ -t 1 ]; then
    printf '\r%-70s' "$text"
    progress_drawn=true
  elif ((SECONDS - progress_shown >= 15)); then
    progress_shown=$SECONDS
    say "$text"
  fi
}

progress_end() { if [ "$progress_drawn" = true ]; then printf '\r%-70s\r' ''; fi; }

# Ninja's lines on standard input: its counter as progress, everything else (what the compiler says) as it is.
show_ninja() {
  local line
  progress_begin "$1"
  while IFS= read -r line; do
    if [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]]; then
      progress "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
    else
      progress_end
      [ "$line" = 'ninja: no work to do.' ] || say "$line"
    fi
  done
  progress_end
}

# apt's lines on standard input, with its status (APT::Status-Fd) among them: downloads are the first half, installing the second.
show_apt() {
  local kind percent rest
  progress_begin "$1"
  while IFS=: read -r kind _ percent rest; do
    percent=${percent%%.*}
    [[ $percent =~ ^[0-9]+$ ]] || continue
    case $kind in
      dlstatus) progress $((percent / 2)) 100 ;;
      pmstatus) progress $((50 + percent / 2)) 100 ;;
    esac
  done
  progress_end
}
