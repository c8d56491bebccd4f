/**
 * Takes the place of `stargz-store` in the archive of the stargz snapshotter. The program is for other runtimes than
 * containerd, and nothing runs it here.
 */
export const stargzStore = `#!/bin/sh
echo "This takes the place of stargz-store in the vHive lab, and can do nothing." >&2
exit 1
`;
