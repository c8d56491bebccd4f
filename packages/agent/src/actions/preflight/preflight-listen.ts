import type { Host } from '../../host/host.ts';
import type { Action } from '../kit/action.ts';

type Listener = NonNullable<Awaited<ReturnType<Host['listen']>>>;

/** What a host of this process has open: its listeners by port, all on one address. */
interface Answering {
  address: string;
  listeners: Map<number, Listener>;
  timer?: NodeJS.Timeout;
}

const open = new WeakMap<Host, Answering>();

/**
 * `preflight.listen`. `check` does everything: listening for a while changes nothing on the host, and a dry run must be
 * able to try the network as well. A port that is open already stays open without a gap, because another node may be
 * trying it just now.
 */
export const preflightListen: Action<'preflight.listen'> = {
  async check({ address, ports, seconds }, { host }) {
    const before = open.get(host);
    clearTimeout(before?.timer);
    const kept = before?.address === address ? before.listeners : new Map<number, Listener>();
    const now: Answering = { address, listeners: new Map() };
    open.set(host, now);
    for (const [port, listener] of before?.listeners ?? [])
      if (kept.has(port) && ports.includes(port)) now.listeners.set(port, listener);
      else await listener.close();
    for (const port of ports) {
      const listener = now.listeners.get(port) ?? (await host.listen(address, port));
      if (listener) now.listeners.set(port, listener);
    }
    now.timer = setTimeout(() => void close(now), seconds * 1000);
    now.timer.unref();
    return { converged: true, outputs: { opened: ports.filter((port) => now.listeners.has(port)) } };
  },
  apply: async () => undefined,
};

async function close({ listeners }: Answering): Promise<void> {
  const all = [...listeners.values()];
  listeners.clear();
  await Promise.all(all.map((listener) => listener.close()));
}
