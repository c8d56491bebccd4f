import { kubeadmImages, pauseImages } from './catalogue.ts';
import { atLeast, minorOf } from './resolve.ts';

/** Returns the version of kubeadm's configuration API: v1beta2 up to 1.21, v1beta3 from 1.22, v1beta4 from 1.31. */
export function kubeadmApiVersion(kubernetes: string): string {
  if (atLeast(kubernetes, '1.31.0')) return 'kubeadm.k8s.io/v1beta4';
  return atLeast(kubernetes, '1.22.0') ? 'kubeadm.k8s.io/v1beta3' : 'kubeadm.k8s.io/v1beta2';
}

/** Returns the repository from which kubeadm takes images by default. The registry was renamed with 1.25. */
function defaultImageRepository(kubernetes: string): string {
  return atLeast(kubernetes, '1.25.0') ? 'registry.k8s.io' : 'k8s.gcr.io';
}

/** An image that Kubernetes itself needs. */
export interface ImageSource {
  /** The short name, such as kube-apiserver, pause, etcd or coredns. */
  name: string;
  ref: string;
  /** Whether workers run the image too. */
  onWorkers: boolean;
}

/** Returns the images that kubeadm needs, or undefined where the catalogue does not know this minor. */
export function imagesOf(kubernetes: string, imageRepository: string | undefined): ImageSource[] | undefined {
  const known = kubeadmImages[minorOf(kubernetes)];
  if (known === undefined) return undefined;
  const repository = imageRepository ?? defaultImageRepository(kubernetes);
  // With a repository of the user's own, kubeadm drops the folder of CoreDNS, which only the default repositories have.
  const coredns = imageRepository === undefined ? known.coredns : known.coredns.replace(/^coredns\//, '');
  const components = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'];
  const paths = [...components.map((name) => `${name}:v${kubernetes}`), pauseOf(kubernetes), known.etcd, coredns];
  return paths.map((path) => {
    const ref = `${repository}/${path}`;
    const name = path.slice(path.lastIndexOf('/') + 1, path.lastIndexOf(':'));
    return { name, ref, onWorkers: ['kube-proxy', 'pause', 'coredns'].includes(name) };
  });
}

/** Returns the sandbox image that the container runtime must use, which is the same as kubeadm's. */
export function pauseImage(kubernetes: string, imageRepository: string | undefined): string {
  const repository = imageRepository ?? defaultImageRepository(kubernetes);
  return `${repository}/${pauseOf(kubernetes)}`;
}

function pauseOf(kubernetes: string): string {
  const [, pause = ''] = pauseImages.find(([since]) => atLeast(kubernetes, since)) ?? [];
  return pause;
}

/** Writes the path of containerd's socket as kubeadm wants it: as a plain path before 1.24, as a URL since. */
export function criSocketFor(kubernetes: string, path: string): string {
  return atLeast(kubernetes, '1.24.0') ? `unix://${path}` : path;
}
