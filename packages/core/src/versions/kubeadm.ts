import { kubeadmImages, pauseImages } from './catalogue.ts';
import { atLeast, minorOf } from './resolve.ts';

/** Version of kubeadm's configuration API: v1beta2 up to 1.21, v1beta3 from 1.22, v1beta4 from 1.31. */
export function kubeadmApiVersion(kubernetes: string): string {
  if (atLeast(kubernetes, '1.31.0')) return 'kubeadm.k8s.io/v1beta4';
  return atLeast(kubernetes, '1.22.0') ? 'kubeadm.k8s.io/v1beta3' : 'kubeadm.k8s.io/v1beta2';
}

/** Where kubeadm takes images from by itself: the registry was renamed with 1.25. */
function defaultImageRepository(kubernetes: string): string {
  return atLeast(kubernetes, '1.25.0') ? 'registry.k8s.io' : 'k8s.gcr.io';
}

/** An image that Kubernetes runs by itself. */
export interface ImageSource {
  /** Short name: kube-apiserver, pause, etcd, coredns. */
  name: string;
  ref: string;
  /** Whether workers run it too. */
  onWorkers: boolean;
}

/** Images kubeadm needs; undefined where the catalogue does not know this minor. */
export function imagesOf(kubernetes: string, imageRepository: string | undefined): ImageSource[] | undefined {
  const known = kubeadmImages[minorOf(kubernetes)];
  if (known === undefined) return undefined;
  const repository = imageRepository ?? defaultImageRepository(kubernetes);
  // With a repository of the user's own kubeadm drops the folder of CoreDNS: only the default repositories have it.
  const coredns = imageRepository === undefined ? known.coredns : known.coredns.replace(/^coredns\//, '');
  const components = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'];
  const paths = [...components.map((name) => `${name}:v${kubernetes}`), pauseOf(kubernetes), known.etcd, coredns];
  return paths.map((path) => {
    const ref = `${repository}/${path}`;
    const name = path.slice(path.lastIndexOf('/') + 1, path.lastIndexOf(':'));
    return { name, ref, onWorkers: ['kube-proxy', 'pause', 'coredns'].includes(name) };
  });
}

/** The sandbox image the runtime must use, the same as kubeadm's. */
export function pauseImage(kubernetes: string, imageRepository: string | undefined): string {
  const repository = imageRepository ?? defaultImageRepository(kubernetes);
  return `${repository}/${pauseOf(kubernetes)}`;
}

function pauseOf(kubernetes: string): string {
  const [, pause = ''] = pauseImages.find(([since]) => atLeast(kubernetes, since)) ?? [];
  return pause;
}

/** containerd's socket as kubeadm wants it written: a plain path before 1.24, a URL since. */
export function criSocketFor(kubernetes: string, path: string): string {
  return atLeast(kubernetes, '1.24.0') ? `unix://${path}` : path;
}
