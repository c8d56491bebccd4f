/** Stand-ins that are scripts; each says what it is. */
export const stackPrograms = {
  kn: `#!/bin/sh
# The vHive lab's stand-in for kn, the command line of Knative: it lists functions, by way of kubectl.
case "$1 $2" in
  "version "*) echo "kn of the vHive lab, a stand-in" ;;
  "service list" | "services list") shift 2; exec kubectl get services.serving.knative.dev "$@" ;;
  *) echo "the lab's stand-in for kn knows only: version, service list" >&2; exit 1 ;;
esac
`,
  shim: `#!/bin/sh
# The vHive lab's stand-in for gVisor's containerd shim, which Debian does not package: containerd's own shim for runc,
# which finds runsc under the name of runc.
set -e
programs=/run/vhive-lab-runsc
mkdir -p "$programs"
[ -x "$programs/runc" ] || {
  printf '#!/bin/sh\\nexec /usr/local/bin/runsc --ignore-cgroups "$@"\\n' > "$programs/runc.$$"
  chmod 755 "$programs/runc.$$"
  mv "$programs/runc.$$" "$programs/runc"
}
PATH="$programs:$PATH" exec /usr/local/bin/containerd-shim-runc-v2 "$@"
`,
} as const;
