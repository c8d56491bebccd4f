import { encode, messageOf, type TellUsage, USAGE_INTERVAL_MS } from '@vhive/shared';
import type { Host } from '../host/host.ts';
import { agentSeconds } from '../host/usage/agent-seconds.ts';
import type { ReadUsage } from '../host/usage/counters.ts';
import { sampleOf, type UsageLook } from '../host/usage/sample.ts';
import type { Logger } from './logger.ts';

/** What tells the coordinator what the host uses, while it is asked to. Otherwise it costs nothing. */
export interface UsageTeller {
  /** Begins, or goes on, for as long as is asked for. Rejects where the host does not tell what it uses. */
  tell(asked: Pick<TellUsage, 'seconds' | 'address'>): Promise<void>;
  stop(): void;
}

/** What {@link createUsageTeller} needs. */
export interface UsageTellerOptions {
  host: Pick<Host, 'usage'>;
  /** Whether the credentials allow it. */
  maySend(): boolean;
  /** Sends a message, which may be lost. */
  send(data: Uint8Array): void;
  /** The agent's clock minus the coordinator's, in milliseconds; null while it is not known. */
  clockOffsetMs(): number | null;
  logger: Logger;
}

/** Makes a teller that has not been asked yet. */
export function createUsageTeller(options: UsageTellerOptions): UsageTeller {
  const { host, send, clockOffsetMs, logger } = options;
  let endsAt = 0;
  let address = '';
  let read: ReadUsage | undefined;
  let before: UsageLook | undefined;
  let timer: NodeJS.Timeout | undefined;

  const look = (open: ReadUsage): UsageLook => ({
    ...{ atMs: performance.now(), counters: open(), agentSeconds: agentSeconds() },
  });

  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
    before = undefined;
    read = undefined;
  };

  /** Begins anew: the first look is the one that means start from. */
  const begin = async () => {
    read = await host.usage(address);
    before = look(read);
    // The next look is one interval later, whatever the one before took.
    schedule(before.atMs + USAGE_INTERVAL_MS);
  };

  const schedule = (atMs: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => tick(atMs), Math.max(0, atMs - performance.now()));
  };

  const tick = (dueMs: number) => {
    if (read === undefined || before === undefined || performance.now() > endsAt) return stop();
    try {
      const now = look(read);
      const at = new Date(Date.now() - (clockOffsetMs() ?? 0));
      send(encode(sampleOf(before, now, at)));
      before = now;
    } catch (error) {
      logger.warn(`what this host uses cannot be read: ${messageOf(error)}`);
    }
    // A process that was held up does not make up for what it missed.
    schedule(Math.max(dueMs + USAGE_INTERVAL_MS, performance.now()));
  };

  return {
    async tell(asked) {
      if (!options.maySend())
        throw new Error('its credentials are those of an earlier version, and are renewed in a moment');
      endsAt = performance.now() + asked.seconds * 1_000;
      if (timer !== undefined && address === asked.address) return;
      stop();
      address = asked.address;
      await begin();
    },
    stop,
  };
}
