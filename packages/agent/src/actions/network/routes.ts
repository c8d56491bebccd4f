import type { Params } from '@vhive/shared';
import type { Host } from '../../host/host.ts';
import type { Action, ActionContext } from '../kit/action.ts';
import { commandFailed } from '../kit/failures.ts';
import { ensureFile, fileChanges, rootFile } from '../kit/managed-file.ts';
import { systemctl } from '../systemd/systemctl.ts';
import { unitStatus } from '../systemd/unit-status.ts';

type RoutesParams = Params<'routes'>;

/** The path of ip. iproute2 has a link here in every release of Debian and Ubuntu that is supported. */
const IP = '/sbin/ip';

const unitFile = (params: RoutesParams) =>
  rootFile(
    `/etc/systemd/system/${params.unit}`,
    [
      '[Unit]',
      'Description=Routes to the pods of other vHive nodes',
      'Wants=network-online.target',
      'After=network-online.target',
      '',
      '[Service]',
      'Type=oneshot',
      'RemainAfterExit=yes',
      // The next hop is unknown until the interface has its address, so the first tries may fail.
      'Restart=on-failure',
      'RestartSec=2',
      ...params.routes.map(({ destination, via }) => `ExecStart=${IP} route replace ${destination} via ${via}`),
      ...(params.routes.length === 0 ? ['ExecStart=/bin/true'] : []),
      '',
      '[Install]',
      'WantedBy=multi-user.target',
      '',
    ].join('\n'),
  );

async function missingRoutes(params: RoutesParams, { host, signal }: ActionContext) {
  const missing: RoutesParams['routes'] = [];
  for (const route of params.routes) {
    const { stdout } = await host.run(['ip', 'route', 'show', route.destination], { signal });
    if (!stdout.split('\n').some((line) => line.split(/\s+/).join(' ').includes(`via ${route.via} `)))
      missing.push(route);
  }
  return missing;
}

/** Returns the destinations that the unit set before and that are no longer wanted, because a node was removed. */
async function staleDestinations(params: RoutesParams, host: Host): Promise<string[]> {
  const old = (await host.readFile(unitFile(params).path))?.toString() ?? '';
  const wanted = new Set(params.routes.map(({ destination }) => destination));
  return [...old.matchAll(/route replace (\S+) via/g)].flatMap(([, destination]) =>
    destination && !wanted.has(destination) ? [destination] : [],
  );
}

/** The action `routes`, whose contract says what it does. */
export const routes: Action<'routes'> = {
  async check(params, context) {
    const { host, signal } = context;
    const changes = await fileChanges(host, unitFile(params));
    for (const { destination, via } of await missingRoutes(params, context))
      changes.push(`route to ${destination} via ${via}`);
    const status = await unitStatus(host, params.unit, signal);
    if (status?.file !== 'enabled') changes.push(`${params.unit}: is enabled`);
    return changes.length === 0 ? { converged: true, outputs: {} } : { converged: false, changes };
  },

  async apply(params, context) {
    const { host, streamed } = context;
    for (const destination of await staleDestinations(params, host))
      await host.run(['ip', 'route', 'del', destination], streamed);
    if (await ensureFile(host, unitFile(params))) await systemctl(context, ['daemon-reload']);
    await systemctl(context, ['enable', params.unit], params.unit);
    await systemctl(context, ['restart', params.unit], params.unit);
    for (const { destination, via } of await missingRoutes(params, context)) {
      const result = await host.run(['ip', 'route', 'replace', destination, 'via', via], streamed);
      if (result.exitCode !== 0)
        throw commandFailed(`route to ${destination} via ${via}`, result, {
          hint: `is ${via} in the same network as this host? ip route get ${via}`,
        });
    }
    return undefined;
  },
};
