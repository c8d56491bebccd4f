/**
 * In the place of runc: runsc, with what containerd's shim for runc must be told otherwise of containers in a pod's
 * sandbox. They are no processes of the host, so a process that waits for one stands for it, and ends with its status.
 */
const runtime = `#!/bin/sh
# The vHive lab's: runsc for containerd's shim for runc.
runsc() { /usr/local/bin/runsc --ignore-cgroups "$@"; }
for word; do
  case $before in --root) root=$word ;; --log) log=$word ;; --pid-file) pid_file=$word ;; esac
  case $word in create | start | kill | exec) command=$word ;; esac
  before=$word
done
id=$before
bundle=$(dirname "$log")

# Stands for a container in a pod's sandbox. runsc gives it the output of the process that starts it: this one.
stand_for_it() {
  until [ -e "$bundle/start" ]; do [ -d "$bundle" ] && sleep 0.05 || exit 137; done
  runsc --root "$root" --log "$log" --log-format json start "$id"
  echo $? > "$bundle/started.partial"
  mv "$bundle/started.partial" "$bundle/started"
  exec < /dev/null > /dev/null 2>&1
  until ended=$(runsc --root "$root" wait "$id"); do
    case $(runsc --root "$root" state "$id") in *created* | *running*) sleep 0.1 ;; *) exit 137 ;; esac
  done
  exit "$(echo "$ended" | sed 's/.*"exitStatus": *\\([0-9]*\\).*/\\1/')"
}

case $command in
  create)
    if grep -q '"io.kubernetes.cri.container-type":"container"' "$bundle/config.json"; then
      runsc "$@" || exit
      stand_for_it &
      printf %s $! > "$pid_file"
      touch "$bundle/stood-for"
      exit
    fi ;;
  start)
    if [ -e "$bundle/stood-for" ]; then
      touch "$bundle/start"
      until [ -e "$bundle/started" ]; do sleep 0.05; done
      exit "$(cat "$bundle/started")"
    fi
    # What it starts keeps its output open, to whose end the shim would listen; errors are in the log.
    exec < /dev/null > /dev/null 2>&1 ;;
  kill)
    output=$(runsc "$@" 2>&1) && exit
    # In runc's words, by which the shim knows that there is nothing left to kill.
    case $output in *"not running"*) echo "container not running" >&2 ;; *) echo "$output" >&2 ;; esac
    exit 1 ;;
  exec)
    # Its process is one of the sandbox's: the shim would take its number for one of the host's.
    echo "the lab's stand-in for gVisor's shim cannot run a second program in a container" >&2
    exit 1 ;;
esac
runsc "$@"
`;

/** The stand-in for containerd-shim-runsc-v1: https://github.com/containerd/containerd/blob/v1.6.20/runtime/v2/README.md */
export const gvisorShim = `#!/bin/sh
# The vHive lab's stand-in for gVisor's containerd shim, which Debian does not package: containerd's own shim for runc,
# which finds runsc under the name of runc.
set -e
programs=/run/vhive-lab-runsc
mkdir -p "$programs"
cat > "$programs/runc.$$" << 'END'
${runtime}END
chmod 755 "$programs/runc.$$"
mv "$programs/runc.$$" "$programs/runc"
PATH="$programs:$PATH" exec /usr/local/bin/containerd-shim-runc-v2 "$@"
`;
