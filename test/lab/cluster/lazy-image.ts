import { LAB_MIRROR } from '@vhive/lab/cluster/agents';
import { imageArchivePath } from '@vhive/shared';
import { greeterImage } from './functions.ts';
import type { LabCluster } from './lab-cluster.ts';

const REGISTRY = 'docker-registry.registry.svc.cluster.local:5000';
const repository = 'lab/lazy';
/** An image with the Greeter and a file of 60 MB that it never reads. */
export const lazyImage = `${REGISTRY}/${repository}:1`;

const CONFIG = '/etc/containerd-stargz-grpc/config.toml';

/** The image of which it is made: the Greeter's and that file, in a layer that has to be fetched as a whole. */
export const wholeImage = `${REGISTRY}/lab/whole:1`;

/**
 * Makes the image of which the lazy one is made, and pushes it into the registry in the cluster. The file is of random
 * bytes, so that it stays as large as it is when layers are compressed.
 */
export async function pushWholeImage(cluster: LabCluster): Promise<void> {
  await cluster.shell(
    'host-1',
    `work=$(mktemp -d)
    cd "$work"
    tar xf ${LAB_MIRROR}/${imageArchivePath(greeterImage, 'amd64')}
    head -c 60000000 /dev/urandom > ballast
    tar --append --file=layer.tar ballast
    config=$(jq -r '.[0].Config' manifest.json)
    jq --arg layer "sha256:$(sha256sum layer.tar | cut -d ' ' -f 1)" '.rootfs.diff_ids = [$layer]' "$config" > config.json
    echo '[{"Config":"config.json","RepoTags":["${wholeImage}"],"Layers":["layer.tar"]}]' > manifest.json
    tar cf image.tar manifest.json config.json layer.tar
    ctr --namespace=k8s.io images import image.tar
    ctr --namespace=k8s.io images push --plain-http ${wholeImage}
    rm -rf "$work"`,
  );
}

/** Returns the size of the lazy image's layers as the registry in the cluster has them, in bytes. */
export async function lazyImageBytes(cluster: LabCluster): Promise<number> {
  const accept = 'Accept: application/vnd.oci.image.manifest.v1+json';
  const url = `http://${REGISTRY}/v2/${repository}/manifests/1`;
  const { layers } = JSON.parse(await cluster.run('host-1', ['curl', '--silent', '--header', accept, url])) as {
    layers: { size: number }[];
  };
  return layers.reduce((sum, { size }) => sum + size, 0);
}

/**
 * Lets the snapshotter of a host fetch what is read and no more. By itself it fetches the rest when the node has been quiet
 * for five seconds, and how quiet it is depends on the machine.
 */
export async function fetchOnlyWhatIsRead(cluster: LabCluster, name: string): Promise<void> {
  await cluster.shell(name, `sed -i '1i no_background_fetch = true' ${CONFIG}; systemctl restart stargz-snapshotter`);
}

/** Returns how many bytes of the image’s layers the registry has sent so far, as its log has it. */
export async function sentBytes(cluster: LabCluster): Promise<number> {
  const log = await cluster.kubectl('logs', '--namespace=registry', 'deployment/docker-registry', '--tail=-1');
  const sent = log.matchAll(new RegExp(`"GET /v2/${repository}/blobs/\\S+ HTTP/[\\d.]+" 20[06] (?<bytes>\\d+)`, 'g'));
  return [...sent].reduce((sum, { groups }) => sum + Number(groups?.bytes), 0);
}

/** Returns the file systems of the stargz snapshotter on a host, one for each layer that is read as it is used. */
export async function lazyMounts(cluster: LabCluster, name: string): Promise<string[]> {
  const mounts = await cluster.run(name, ['cat', '/proc/self/mounts']);
  return mounts.split('\n').filter((line) => line.startsWith('stargz '));
}
