#!/bin/sh
# What a node does at every boot of its experiment; safe to repeat, also by hand.
#
#   start.sh master grow|keep NODES [OPTIONS of "vhive-coord up"]
#   start.sh worker grow|keep
#
# grow: the root file system is made larger where it has too little room. Result: /local/vhive/result.json, exit-code.
set -eu
if [ "$(id -u)" != 0 ]; then exec sudo -n -- "$0" "$@"; fi

here=$(dirname -- "$(readlink -f -- "$0")")
repository=$(dirname -- "$(dirname -- "$here")")
# Tests have the files of the host somewhere else.
host=${VHIVE_HOST_ROOT:-}
results=$host/local/vhive
mkdir -p "$results"
# One at a time: a second one, started by hand, waits for that of the boot.
exec 9>"$results/lock"
flock 9
# There is an exit code when the work is done, not of the boot before.
rm -f "$results/exit-code"

. "$here/result.sh"
. "$here/root-space.sh"
. "$here/node-js.sh"
. "$here/lan.sh"
. "$here/join-token.sh"

role=$1 root_space=$2
shift 2
say "this node is a $role"
ensure_root_space "$root_space"
ensure_node_js

if [ "$role" = worker ]; then
  find_lan
  if ! [ -s "$host/etc/vhive/agent-token" ]; then
    fetch_token "$lan_master"
    export VHIVE_TOKEN="$token"
  fi
  # From here on the agent waits for its coordinator by itself, now and after every boot.
  "$repository/bin/vhive-agent" install --coordinator "$lan_master" >>"$results/log" 2>&1 9>&- ||
    refuse $? step-failed "the agent could not be installed" "see $results/log"
  finish 0 ok "the agent runs, with the coordinator $lan_master"
fi

nodes=$1
shift
if [ "$nodes" != 1 ]; then
  find_lan
  set -- --lan "$lan_network" "$@"
  offer_token
fi
say "bringing up the cluster: vhive-coord up --nodes $nodes $*"
code=0
"$repository/bin/vhive-coord" up --nodes "$nodes" --timeout 3h --output json "$@" \
  >"$results/events.jsonl" 2>>"$results/log" 9>&- || code=$?
last=$(tail -n 1 "$results/events.jsonl")
case $last in
  *'"type":"result"'*) keep_result "$code" "$last" ;;
  *) refuse "$code" internal "vhive-coord ended without a result" "see $results/log" ;;
esac
