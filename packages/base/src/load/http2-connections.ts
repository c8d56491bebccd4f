import { type ClientHttp2Session, connect } from 'node:http2';
import type { ConnectionUse } from '@vhive/shared';
import type { Target } from './caller.ts';

/** More calls at once are not sent over one connection: many servers and gateways allow 100, and a call must not wait. */
const MOST_STREAMS = 100;

/** A server that does not answer within so many milliseconds is not waited for. */
const PREPARE_MS = 5_000;

/** A connection, and how many of the calls over it have not ended. */
export interface Http2Connection {
  session: ClientHttp2Session;
  busy: number;
  /** How long it took to make, milliseconds; undefined until it is made. */
  connectMs: number | undefined;
  /** Whether a call was sent over it. */
  used: boolean;
}

/** The HTTP/2 connections of a load. */
export class Http2Connections {
  opened = 0;
  readonly #open = new Map<string, Http2Connection[]>();
  readonly #all = new Set<ClientHttp2Session>();
  readonly #kind: ConnectionUse;

  constructor(kind: ConnectionUse) {
    this.#kind = kind;
  }

  /** Returns a connection on which a call can be sent at once; it is opened where there is none. */
  take(target: Target): Http2Connection {
    const key = keyOf(target);
    const open = this.#open.get(key) ?? [];
    const free = open.find(({ session, busy }) => busy < mostStreams(session) && !session.closed && !session.destroyed);
    const taken = free ?? this.#connect(key, target);
    taken.busy++;
    return taken;
  }

  /** Opens a connection to each address, so that no call has to wait for one at the beginning. It never rejects. */
  async prepare(targets: readonly Target[]): Promise<void> {
    if (this.#kind === 'per-request') return;
    const addresses = new Map(targets.map((target) => [keyOf(target), target]));
    await Promise.all(
      [...addresses].map(async ([key, target]) => {
        const connection = this.#connect(key, target);
        connection.used = true;
        const { promise, resolve } = Promise.withResolvers<void>();
        connection.session.once('remoteSettings', resolve).once('close', resolve).setTimeout(PREPARE_MS, resolve);
        await promise;
        connection.session.setTimeout(0);
      }),
    );
  }

  /** A call over the connection has ended. */
  giveBack(connection: Http2Connection): void {
    connection.busy--;
    if (this.#kind === 'per-request') connection.session.close();
  }

  close(): void {
    for (const session of this.#all) session.destroy();
  }

  #connect(key: string, { address, port }: Target): Http2Connection {
    const begun = performance.now();
    const session = connect(`http://${address.includes(':') ? `[${address}]` : address}:${port}`);
    const connection: Http2Connection = { session, busy: 0, connectMs: undefined, used: false };
    this.opened++;
    this.#all.add(session);
    session.once('connect', () => {
      connection.connectMs = performance.now() - begun;
    });
    // The calls on it tell that it failed.
    session.on('error', () => undefined);
    const leave = () => this.#leave(key, connection);
    session.once('goaway', leave).once('close', () => {
      leave();
      this.#all.delete(session);
    });
    if (this.#kind === 'reuse') this.#open.set(key, [...(this.#open.get(key) ?? []), connection]);
    return connection;
  }

  #leave(key: string, connection: Http2Connection): void {
    const left = (this.#open.get(key) ?? []).filter((other) => other !== connection);
    this.#open.set(key, left);
  }
}

function keyOf({ address, port }: Target): string {
  return `${address} ${port}`;
}

function mostStreams({ remoteSettings, connecting }: ClientHttp2Session): number {
  return Math.min(MOST_STREAMS, connecting ? MOST_STREAMS : (remoteSettings.maxConcurrentStreams ?? MOST_STREAMS));
}
