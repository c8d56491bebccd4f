import type { LabCluster } from './lab-cluster.ts';

const NAME = 'private';
const PORT = 5001;
const USER = 'lab';
const PASSWORD = 'lab-password-3';
/** The password as htpasswd of Apache writes it, by bcrypt. */
const HASHED = '$2b$04$AwBaRgoPSwbm6DXvbjXGm.R85e5punSvUWIsRB8sBtfG9OcU0Xnxu';

/** An image registry without TLS on the first host, which answers to one user. */
export interface PrivateRegistry {
  /** Its address, as images are named by it. */
  registry: string;
  /** A file on the first host with the credentials of the user. */
  right: string;
  /** The same with another password. */
  wrong: string;
  /** Returns the digest of an image that it has. */
  digestOf(repository: string, tag: string): Promise<string>;
}

/** Starts the program of the registry in the cluster a second time, with a file of users. */
export async function startPrivateRegistry(cluster: LabCluster): Promise<PrivateRegistry> {
  const { address } = await cluster.host('host-1');
  const metadata = { name: NAME, namespace: 'registry' };
  const users = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { htpasswd: `${USER}:${HASHED}` } };
  const env = {
    REGISTRY_HTTP_ADDR: `:${PORT}`,
    REGISTRY_AUTH: 'htpasswd',
    REGISTRY_AUTH_HTPASSWD_REALM: 'lab',
    REGISTRY_AUTH_HTPASSWD_PATH: '/users/htpasswd',
  };
  const image = await cluster.kubectl(
    ...['get', 'deployment', 'docker-registry', '--namespace=registry'],
    '--output=jsonpath={.spec.template.spec.containers[0].image}',
  );
  const container = {
    ...{ name: NAME, image },
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    volumeMounts: [{ name: 'users', mountPath: '/users' }],
    readinessProbe: { tcpSocket: { port: PORT }, periodSeconds: 1 },
  };
  const pod = {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata },
    spec: {
      ...{ hostNetwork: true, nodeName: 'host-1', containers: [container] },
      volumes: [{ name: 'users', configMap: { name: NAME } }],
    },
  };
  const list = { apiVersion: 'v1', kind: 'List', items: [users, pod] };
  await cluster.run('host-1', ['kubectl', 'apply', '-f', '-'], { input: JSON.stringify(list) });
  await cluster.kubectl('wait', `pod/${NAME}`, '--namespace=registry', '--for=condition=Ready', '--timeout=120s');
  const registry = `${address}:${PORT}`;
  const file = async (name: string, password: string) => {
    const path = `/root/${name}`;
    await cluster.run('host-1', ['sh', '-c', `umask 077; cat > ${path}`], { input: `${USER}:${password}\n` });
    return path;
  };
  return {
    registry,
    right: await file('right', PASSWORD),
    wrong: await file('wrong', 'another password'),
    async digestOf(repository, tag) {
      const url = `http://${registry}/v2/${repository}/manifests/${tag}`;
      const accept = 'Accept: application/vnd.oci.image.manifest.v1+json';
      const head = ['curl', '--silent', '--head', '--user', `${USER}:${PASSWORD}`, '--header', accept, url];
      return /sha256:[0-9a-f]{64}/.exec(await cluster.run('host-1', head))?.[0] ?? 'no digest';
    },
  };
}
