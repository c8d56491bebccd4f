import { readdir, readFile } from 'node:fs/promises';
import type { LabCluster } from './lab-cluster.ts';

/** The shapes of secrets, whatever their value. None of these may ever be seen in a log, an event or an argument. */
const secretShapes: Readonly<Record<string, RegExp>> = {
  'kubeadm token': /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/,
  'join token': /\b[0-9a-f]{64}\.[a-z0-9]{8}\.[a-z0-9]{32}\b/,
  'private half of an nkey': /\bS[AUOXNC][A-Z2-7]{56}\b/,
  'private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
};

/** Returns the real secrets of a cluster, by what they are. */
export async function secretsOf(cluster: LabCluster, hosts: readonly string[]): Promise<Record<string, string>> {
  const secrets: Record<string, string> = {};
  for (const name of hosts) {
    const token = await cluster.run(name, ['cat', '/etc/vhive/agent-token']);
    secrets[`join token of ${name}`] = token.trim().split('.').at(-1) ?? '';
  }
  secrets['operator token'] = (await cluster.run('host-1', ['cat', '/var/lib/vhive-coord/operator-token'])).trim();
  const list = await cluster.kubectl('get', 'secrets', '-n', 'kube-system', '-o', 'json');
  const { items } = JSON.parse(list) as { items: { metadata: { name: string }; type: string; data: Bootstrap }[] };
  for (const { metadata, type, data } of items.filter((item) => item.type === 'bootstrap.kubernetes.io/token'))
    secrets[`${type} ${metadata.name}`] = Buffer.from(data['token-secret'], 'base64').toString();
  return secrets;
}

interface Bootstrap {
  'token-secret': string;
}

/**
 * Returns the names of the secrets that are found in a text, by value or by shape. The text itself is never returned.
 */
export function foundIn(text: string, secrets: Readonly<Record<string, string>>): string[] {
  return [
    ...Object.entries(secrets).flatMap(([name, value]) => (text.includes(value) ? [name] : [])),
    ...Object.entries(secretShapes).flatMap(([name, shape]) => (shape.test(text) ? [`a ${name}`] : [])),
  ];
}

/** Looks at the arguments of all processes of the machine, hosts included, again and again until it is stopped. */
export function watchArguments(): { stop(): Promise<ReadonlySet<string>> } {
  const seen = new Set<string>();
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
      const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
      for (const line of lines) seen.add(line.replaceAll('\0', ' '));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  return {
    async stop() {
      stopped = true;
      await watching;
      return seen;
    },
  };
}

/**
 * Returns the files of a host that other users can read (folders on the way included) and that hold a private key or
 * one of the secrets.
 */
export async function readableSecrets(
  cluster: LabCluster,
  name: string,
  secrets: Readonly<Record<string, string>>,
): Promise<string[]> {
  const patterns = ['-----BEGIN [A-Z ]*PRIVATE KEY-----$', 'client-key-data:', ...Object.values(secrets)];
  // The search leaves out the folders that other users cannot enter, because they cannot read what is in there.
  const script = `
    umask 077
    patterns=$(mktemp)
    cat > "$patterns" <<'END'
${patterns.join('\n')}
END
    find / \\( -path /proc -o -path /sys -o -path /dev -o -path /var/lib/vhive-mirror -o -path /var/lib/lab-apt \\
      -o -path /usr/local/lib/vhive -o -path /usr/share -o -path /usr/lib -o -type d ! -perm -o=x \\) -prune \\
      -o -type f -perm -o=r -print0 |
    xargs --null --no-run-if-empty grep --files-with-matches --no-messages --extended-regexp --file="$patterns" || true
    rm "$patterns"
  `;
  // The patterns are sent to the standard input of a shell and not as arguments, which every user of the machine can
  // read.
  const output = await cluster.run(name, ['sh'], { input: script });
  return output.split('\n').filter(Boolean);
}
