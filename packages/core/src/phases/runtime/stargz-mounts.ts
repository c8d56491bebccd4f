import type { Task } from '@vhive/shared';
import { IMAGE_REGISTRY, type PhaseContext } from '../kit/context.ts';
import { task } from '../kit/task.ts';
import { WRITTEN_BY_VHIVE } from '../kit/written-by-vhive.ts';

const UNIT = 'vhive-stargz-mounts.service';
const SCRIPT = '/usr/local/libexec/vhive/stargz-mounts';

/**
 * The script that sees to containers and images after a start of the stargz snapshotter. Usage: stargz-mounts [address of
 * the registry in the cluster].
 */
export const stargzMountsScript = `#!/bin/sh
${WRITTEN_BY_VHIVE}# When the stargz snapshotter ends, the files of images that it had mounted are gone from under running containers. When it
# starts, it mounts again what it can reach at that moment. After a boot that is without the images of the registry in the
# cluster: a node reaches that through kube-proxy, whose own container cannot be made before the snapshotter runs.
set -u

# The kubelet makes a container again that has ended.
for id in $(crictl ps --quiet); do
  pid=$(crictl inspect "$id" | jq .info.pid)
  [ -d "/proc/$pid" ] || continue
  ls "/proc/$pid/root/" > /dev/null 2>&1 && continue
  echo "container $id has lost its files and is stopped"
  crictl stop "$id"
done

start=$(systemctl show --property=InvocationID --value stargz-snapshotter.service)
journalctl --quiet --output=cat "_SYSTEMD_INVOCATION_ID=$start" | grep -q 'failed to restore remote snapshot' || exit 0

# Once for each boot: what cannot be mounted then may be gone for good.
once=$RUNTIME_DIRECTORY/restarted
if [ $# -eq 0 ] || [ -e "$once" ]; then
  echo 'some images could not be mounted; once their registry answers: systemctl restart stargz-snapshotter'
  exit 0
fi
echo "some images could not be mounted; this waits for $1"
until curl --silent --fail --noproxy '*' --max-time 5 --output /dev/null "$1"; do sleep 5; done
touch "$once"
# This service starts again after the snapshotter.
exec systemctl --no-block restart stargz-snapshotter.service
`;

const unit = (registry: string) => `[Unit]
Description=vHive stargz mounts: sees to containers and images after a start of the stargz snapshotter
After=stargz-snapshotter.service containerd.service
PartOf=stargz-snapshotter.service

[Service]
Type=exec
RuntimeDirectory=vhive-stargz-mounts
RuntimeDirectoryPreserve=yes
ExecStart=${SCRIPT}${registry}

[Install]
WantedBy=stargz-snapshotter.service
`;

/** Makes the tasks that install the script and its service, which starts with each start of the snapshotter. */
export function stargzMountsTasks({ config }: Pick<PhaseContext, 'config'>): Task[] {
  return [
    task('mounts-script', 'what follows a start of the stargz snapshotter', 'file', {
      state: 'present',
      path: SCRIPT,
      mode: '0755',
      content: stargzMountsScript,
    }),
    task('mounts-service', `${UNIT} is enabled`, 'systemd.unit', {
      name: UNIT,
      content: unit(config.registry.local ? ` http://${IMAGE_REGISTRY}/v2/` : ''),
      enabled: true,
      state: 'untouched',
    }),
  ];
}
