/**
 * A script that takes the place of runc and calls runsc. It answers containerd's shim for runc differently about the
 * containers in a pod's sandbox: they are not processes of the host, so a process that waits for such a container
 * represents it, and ends with its status.
 */
const runtime = `#!/bin/sh
# A script of the vHive lab: it lets containerd's shim for runc use runsc.
runsc() { /usr/local/bin/runsc --ignore-cgroups "$@"; }
for word; do
  case $before in --root) root=$word ;; --log) log=$word ;; --pid-file) pid_file=$word ;; esac
  case $word in create | start | kill | exec) command=$word ;; esac
  before=$word
done
id=$before
bundle=$(dirname "$log")

# Represents a container in a pod's sandbox. runsc gives the container the output of the process that starts it, which
# is this one.
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
    # The process that runsc starts keeps the output open, and the shim would wait for its end. Errors are in the log.
    exec < /dev/null > /dev/null 2>&1 ;;
  kill)
    output=$(runsc "$@" 2>&1) && exit
    # These are runc's words, by which the shim knows that there is nothing left to kill.
    case $output in *"not running"*) echo "container not running" >&2 ;; *) echo "$output" >&2 ;; esac
    exit 1 ;;
  exec)
    # The process would be one of the sandbox, and the shim would take its number for that of a process of the host.
    echo "the lab's stand-in for gVisor's shim cannot run a second program in a container" >&2
    exit 1 ;;
esac
runsc "$@"
`;

/**
 * The stand-in for containerd-shim-runsc-v1, whose interface is described at
 * https://github.com/containerd/containerd/blob/v1.6.20/runtime/v2/README.md
 */
export const gvisorShim = `#!/bin/sh
# The vHive lab's stand-in for gVisor's containerd shim, which Debian does not package. It runs containerd's own shim for
# runc, which finds runsc under the name of runc.
set -e
programs=/run/vhive-lab-runsc
mkdir -p "$programs"
cat > "$programs/runc.$$" << 'END'
${runtime}END
chmod 755 "$programs/runc.$$"
mv "$programs/runc.$$" "$programs/runc"
PATH="$programs:$PATH" exec /usr/local/bin/containerd-shim-runc-v2 "$@"
`;
