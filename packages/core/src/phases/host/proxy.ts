import type { Task } from '@vhive/shared';
import { noProxy } from '../../addresses/no-proxy.ts';
import type { PhaseContext } from '../kit/context.ts';
import { task } from '../kit/task.ts';
import { WRITTEN_BY_VHIVE } from '../kit/written-by-vhive.ts';

/**
 * The file with the variables of the proxy. The agent gives them to the commands that it runs, and every unit that
 * fetches something reads it, if it is there.
 */
export const PROXY_FILE = '/etc/vhive/proxy.env';

/** The line of a unit by which the service asks the proxy, where there is one. */
export const readsProxy = `EnvironmentFile=-${PROXY_FILE}`;

const APT = '/etc/apt/apt.conf.d/95vhive-proxy';

/** Returns the variables by which programs find the proxy, in capitals; there are none without a proxy. */
export function proxyVariables({
  config,
  controlPlane,
  nodes,
}: Pick<PhaseContext, 'config' | 'controlPlane' | 'nodes'>) {
  const { http, https = http } = config.proxy;
  if (http === undefined && https === undefined) return [];
  return [
    ...(http === undefined ? [] : [{ name: 'HTTP_PROXY', value: http }]),
    ...(https === undefined ? [] : [{ name: 'HTTPS_PROXY', value: https }]),
    { name: 'NO_PROXY', value: noProxy(config, controlPlane, nodes).join(',') },
  ];
}

/** Makes the tasks that bring the proxy to a node, or take it away again where the cluster file has none any more. */
export function proxyTasks(context: PhaseContext): Task[] {
  const variables = proxyVariables(context);
  const [state, title] =
    variables.length > 0 ? (['present', 'asks the proxy'] as const) : (['absent', 'asks no proxy'] as const);
  const file = (id: string, what: string, path: string, content: string) =>
    task(
      id,
      `${what} ${title}`,
      'file',
      state === 'present' ? { state, path, content: `${content}\n` } : { state, path },
    );
  // curl and others know the names in small letters only.
  const lines = variables.flatMap(({ name, value }) => [`${name}=${value}`, `${name.toLowerCase()}=${value}`]);
  return [
    file('proxy', 'what fetches something', PROXY_FILE, `${WRITTEN_BY_VHIVE}${lines.join('\n')}`),
    file('apt-proxy', 'apt', APT, aptSettings(context)),
  ];
}

/** apt knows no ranges and domains, only hosts. */
function aptSettings({ config }: PhaseContext): string {
  const { http, https = http, noProxy: direct } = config.proxy;
  const hosts = direct.filter((entry) => /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(entry));
  const schemes = [
    ['http', http],
    ['https', https],
  ] as const;
  return schemes
    .flatMap(([scheme, proxy]) => [
      ...(proxy === undefined ? [] : [`Acquire::${scheme}::Proxy "${proxy}";`]),
      ...hosts.map((host) => `Acquire::${scheme}::Proxy::${host} "DIRECT";`),
    ])
    .join('\n');
}
