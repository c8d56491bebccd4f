import type { Host } from '../../host/host.ts';
import type { Action } from '../kit/action.ts';

interface Listeners {
  close(): Promise<void>;
}

/** The listeners that each host of this process has open. */
const open = new WeakMap<Host, Listeners>();

/**
 * `preflight.listen`. `check` does everything: listening for a while changes nothing on the host, and a dry run must be
 * able to try the network as well.
 */
export const preflightListen: Action<'preflight.listen'> = {
  async check({ address, ports, seconds }, { host }) {
    await open.get(host)?.close();
    open.delete(host);
    const opened: number[] = [];
    const servers: Listeners[] = [];
    for (const port of ports) {
      const server = await host.listen(address, port);
      if (!server) continue;
      servers.push(server);
      opened.push(port);
    }
    if (servers.length > 0) {
      const timer = setTimeout(() => void listeners.close(), seconds * 1000);
      timer.unref();
      const listeners: Listeners = {
        async close() {
          clearTimeout(timer);
          await Promise.all(servers.splice(0).map((server) => server.close()));
        },
      };
      open.set(host, listeners);
    }
    return { converged: true, outputs: { opened } };
  },
  apply: async () => undefined,
};
