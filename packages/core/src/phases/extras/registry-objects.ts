import type { KubernetesObject } from '@vhive/shared';
import { namespaceObject } from '../kit/cluster-step.ts';
import type { PhaseContext } from '../kit/context.ts';

/** The namespace of the image registry. */
export const REGISTRY_NAMESPACE = 'registry';
/** The name of the Deployment and the Service of the image registry. */
export const REGISTRY = 'docker-registry';

/**
 * The folder of the images on the control plane. It is not in /tmp, where upstream has it, because that is emptied at
 * every boot.
 */
const DIRECTORY = '/var/lib/vhive-registry';
const labels = { app: REGISTRY };

/**
 * Returns the objects of the image registry with its volume. A folder belongs to one node, so the volume says which,
 * and the pod follows it to the control plane. That node is always there, whatever workers come and go, and runs no
 * functions that would compete for its disk.
 */
export function registryObjects(context: PhaseContext): KubernetesObject[] {
  const { config, controlPlane } = context;
  const storage = `${config.registry.localSizeGiB}Gi`;
  return [
    namespaceObject(REGISTRY_NAMESPACE),
    volume(storage, controlPlane.name),
    claim(storage),
    pod(context),
    service,
  ];
}

function volume(storage: string, node: string): KubernetesObject {
  const here = { key: 'kubernetes.io/hostname', operator: 'In', values: [node] };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'docker-repo-pv', labels: { usage: 'registry' } },
    spec: {
      capacity: { storage },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: '',
      hostPath: { path: DIRECTORY, type: 'DirectoryOrCreate' },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [here] }] } },
    },
  };
}

function claim(storage: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'docker-repo-pvc', namespace: REGISTRY_NAMESPACE },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: '',
      selector: { matchLabels: { usage: 'registry' } },
      resources: { requests: { storage } },
    },
  };
}

function pod({ versions }: PhaseContext): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: REGISTRY, namespace: REGISTRY_NAMESPACE, labels },
    spec: {
      replicas: 1,
      // Two pods must never use the same folder.
      strategy: { type: 'Recreate' },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          tolerations: ['control-plane', 'master'].map((role) => ({
            key: `node-role.kubernetes.io/${role}`,
            operator: 'Exists',
            effect: 'NoSchedule',
          })),
          containers: [
            {
              name: 'registry',
              image: `docker.io/library/registry:${versions.registry}`,
              ports: [{ name: 'registry', containerPort: 5000, protocol: 'TCP' }],
              readinessProbe: { httpGet: { path: '/', port: 5000 }, periodSeconds: 2 },
              volumeMounts: [{ name: 'images', mountPath: '/var/lib/registry' }],
            },
          ],
          volumes: [{ name: 'images', persistentVolumeClaim: { claimName: 'docker-repo-pvc' } }],
        },
      },
    },
  };
}

const service: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: REGISTRY, namespace: REGISTRY_NAMESPACE },
  spec: { selector: labels, ports: [{ name: 'registry', port: 5000, targetPort: 5000, protocol: 'TCP' }] },
};
