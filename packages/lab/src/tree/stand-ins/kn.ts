/** The lab's stand-in for kn, whose source is not to be had as a Go module. */
export const kn = `#!/bin/sh
# The vHive lab's stand-in for kn, the command line of Knative. It lists functions with kubectl.
case "$1 $2" in
  "version "*) echo "kn of the vHive lab, a stand-in" ;;
  "service list" | "services list") shift 2; exec kubectl get services.serving.knative.dev "$@" ;;
  *) echo "the lab's stand-in for kn knows only: version, service list" >&2; exit 1 ;;
esac
`;
