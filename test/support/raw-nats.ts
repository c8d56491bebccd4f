import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { userKeyFromSeed } from '@vhive/base/nkey/nkey';

/** A message as the server delivers it. */
export interface RawMessage {
  subject: string;
  reply: string | undefined;
  data: Buffer;
}

/**
 * A client of NATS written from its protocol alone: it names any reply subject and sends any bytes, which no library
 * would do. It has the credentials of an agent, as they lie in the agent's state directory.
 */
export class RawNats {
  /** The errors that the server has told. */
  readonly errors: string[] = [];
  readonly #socket: TLSSocket;
  readonly #listeners = new Set<(message: RawMessage) => void>();
  #input = Buffer.alloc(0);
  #sid = 0;
  #pongs: (() => void)[] = [];

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#input = Buffer.concat([this.#input, chunk]);
      while (this.#takeOne());
    });
    socket.on('error', (error) => this.errors.push(error.message));
  }

  /** Connects with the credentials in an agent's state directory. */
  static async asAgent(stateDirectory: string, port: number): Promise<RawNats> {
    const file = await readFile(join(stateDirectory, 'identity.json'), 'utf8');
    const { userSeed, ca, enrolment } = JSON.parse(file) as {
      userSeed: string;
      ca: string;
      enrolment: { jwt: string };
    };
    const plain = connectTcp(port, '127.0.0.1');
    const [hello] = (await once(plain, 'data')) as [Buffer];
    const { nonce } = JSON.parse(hello.toString().slice('INFO '.length)) as { nonce: string };
    const socket = connectTls({ socket: plain, ca, checkServerIdentity: () => undefined });
    await once(socket, 'secureConnect');
    const client = new RawNats(socket);
    const sig = userKeyFromSeed(userSeed).sign(Buffer.from(nonce)).toString('base64url');
    const options = { verbose: false, pedantic: false, headers: true, no_responders: true, protocol: 1 };
    client.#write(`CONNECT ${JSON.stringify({ ...options, jwt: enrolment.jwt, sig })}\r\n`);
    await client.flush();
    return client;
  }

  /** Publishes bytes, with any reply subject and any headers. */
  publish(
    subject: string,
    data: Uint8Array | string,
    { reply = '', headers = {} as Record<string, string> } = {},
  ): void {
    const body = Buffer.from(data);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    if (lines.length === 0) {
      this.#write(`PUB ${subject} ${reply} ${body.length}\r\n`, body, '\r\n');
      return;
    }
    const head = Buffer.from(`NATS/1.0\r\n${lines.join('')}\r\n`);
    this.#write(`HPUB ${subject} ${reply} ${head.length} ${head.length + body.length}\r\n`, head, body, '\r\n');
  }

  /** Subscribes, and calls the listener with each message of that subject. */
  subscribe(subject: string, listener: (message: RawMessage) => void): void {
    this.#sid += 1;
    this.#listeners.add((message) => {
      const prefix = subject.endsWith('>') ? subject.slice(0, -1) : undefined;
      if (prefix === undefined ? message.subject === subject : message.subject.startsWith(prefix)) listener(message);
    });
    this.#write(`SUB ${subject} ${this.#sid}\r\n`);
  }

  /** Resolves when the server has taken everything that was sent. */
  async flush(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pongs.push(resolve);
    this.#write('PING\r\n');
    await promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #write(...parts: (string | Uint8Array)[]): void {
    for (const part of parts) this.#socket.write(part);
  }

  /** Takes one line of the protocol, with its payload. Returns false when more must come first. */
  #takeOne(): boolean {
    const end = this.#input.indexOf('\r\n');
    if (end < 0) return false;
    const line = this.#input.subarray(0, end).toString();
    const [verb = '', ...words] = line.split(' ');
    let rest = end + 2;
    if (verb === 'MSG' || verb === 'HMSG') {
      const bytes = Number(words.at(-1));
      const head = verb === 'HMSG' ? Number(words.at(-2)) : 0;
      if (this.#input.length < rest + bytes + 2) return false;
      const data = Buffer.from(this.#input.subarray(rest + head, rest + bytes));
      const reply = words.length === (verb === 'HMSG' ? 5 : 4) ? words[2] : undefined;
      rest += bytes + 2;
      for (const listener of this.#listeners) listener({ subject: words[0] ?? '', reply, data });
    }
    this.#input = this.#input.subarray(rest);
    if (verb === 'PING') this.#write('PONG\r\n');
    if (verb === 'PONG') this.#pongs.shift()?.();
    if (verb === '-ERR') this.errors.push(line);
    return true;
  }
}
