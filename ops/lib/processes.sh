# shellcheck shell=bash
# Starting and stopping the processes of ops/up. Sourced, after common.sh.
#
# Each process is a session of its own, so that Ctrl-C reaches ops/up alone and it stops them in order: riders, nodes,
# NATS. It also asks the kernel for SIGTERM when its parent dies, so that nothing outlives a killed ops/up.

started_names=()
started_pids=()

# start NAME LOG COMMAND...: runs in the background; its pid is in $started_pid.
start() {
  local name=$1 log=$2
  shift 2
  setsid setpriv --pdeathsig TERM "$@" >>"$log" 2>&1 </dev/null &
  started_pid=$!
  started_names+=("$name")
  started_pids+=("$started_pid")
}

is_alive() { kill -0 "$1" 2>/dev/null; }

# stop PID SECONDS: SIGTERM, and SIGKILL when it is still there after so long.
stop() {
  local pid=$1 tenths=$(($2 * 10))
  kill -TERM "$pid" 2>/dev/null || return 0
  while ((tenths-- > 0)) && is_alive "$pid"; do sleep 0.1; done
  kill -KILL "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
}

# forget NAME: a started process that has ended is not looked after any more.
forget() {
  local i pids=() names=()
  for i in "${!started_names[@]}"; do
    [ "${started_names[i]}" = "$1" ] && continue
    names+=("${started_names[i]}")
    pids+=("${started_pids[i]}")
  done
  started_names=("${names[@]}")
  started_pids=("${pids[@]}")
}

# Last started, first stopped.
stop_all() {
  local i
  for ((i = ${#started_pids[@]} - 1; i >= 0; i--)); do
    stop "${started_pids[i]}" 15
  done
  started_names=()
  started_pids=()
}

# Name of a started process that has ended, if any.
name_of_ended() {
  local i
  for i in "${!started_pids[@]}"; do
    is_alive "${started_pids[i]}" || {
      printf '%s' "${started_names[i]}"
      return 0
    }
  done
  return 1
}

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_ports COUNT: that many ports of 127.0.0.1 nobody listens on, one a line.
free_ports() {
  node -e '
    const { createServer } = require("node:net");
    const servers = Array.from({ length: Number(process.argv[1]) }, () => createServer().listen(0, "127.0.0.1"));
    Promise.all(servers.map((s) => new Promise((ok) => s.on("listening", ok)))).then(() => {
      for (const s of servers) { console.log(s.address().port); s.close(); }
    });' "$1"
}

# wait_for SECONDS WHAT COMMAND...: until the command succeeds; fails when a started process ended or time is up.
wait_for() {
  local tenths=$(($1 * 10)) what=$2 ended
  shift 2
  until "$@" >/dev/null 2>&1; do
    if ended=$(name_of_ended); then
      say "$ended ended while waiting for $what"
      return 1
    fi
    if ((tenths-- <= 0)); then
      say "waited in vain for $what"
      return 1
    fi
    sleep 0.1
  done
}

answers_http() {
  node -e 'fetch(process.argv[1]).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))' "$1"
}
