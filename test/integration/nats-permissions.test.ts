import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { createUser } from '@nats-io/nkeys';
import { connect, jwtAuthenticator, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import {
  agentInboxPrefix,
  agentLinkPermissions,
  agentPermissions,
  agentSubject,
  coordinatorInboxPrefix,
  MAX_MESSAGE_BYTES,
} from '@vhive/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentIdentity, type SecuredNats, startSecuredNats } from '../support/secured-nats.ts';

let nats: SecuredNats;
/** The coordinator in its own account. */
let coordinator: NatsConnection;
/** The coordinator in the account of the agents. */
let link: NatsConnection;
let agent: NatsConnection;

beforeAll(async () => {
  nats = await startSecuredNats();
  coordinator = await nats.coordinator();
  link = await nats.agentLink();
  agent = await nats.agent('w1');
});
afterAll(() => nats?.stop());

/** Resolves with the server's refusal of a subscription; undefined when the server allowed it. */
async function refusalOfSubscription(connection: NatsConnection, subject: string): Promise<string | undefined> {
  let subscription: Subscription | undefined;
  const refused = new Promise<string>((resolve) => {
    subscription = connection.subscribe(subject, {
      callback: (error) => {
        if (error !== null) resolve(error.message);
      },
    });
  });
  const verdict = await Promise.race([refused, connection.flush().then(() => undefined)]);
  subscription?.unsubscribe();
  return verdict;
}

/**
 * Returns true when a message of `connection` on `subject` reaches the coordinator, which listens to all it may listen
 * to, in both accounts.
 */
async function arrives(connection: NatsConnection, subject: string): Promise<boolean> {
  const seen: string[] = [];
  const callback = (_: unknown, message: Msg) => void seen.push(message.subject);
  const subscriptions = [
    coordinator.subscribe('>', { callback }),
    ...agentLinkPermissions('test').subscribe.map((allowed) => link.subscribe(allowed, { callback })),
  ];
  await Promise.all([coordinator.flush(), link.flush()]);
  connection.publish(subject, 'x');
  await connection.flush();
  await Promise.all([coordinator.flush(), link.flush()]);
  for (const subscription of subscriptions) subscription.unsubscribe();
  return seen.includes(subject);
}

describe("an agent's JWT", () => {
  it('allows its own subjects', async () => {
    for (const subject of agentPermissions('test', 'w1').publish) expect(await arrives(agent, subject)).toBe(true);
    for (const subject of agentPermissions('test', 'w1').subscribe)
      expect(await refusalOfSubscription(agent, subject)).toBeUndefined();
  });

  it.each([
    agentSubject('test', 'w2', 'cmd'),
    agentSubject('test', '*', 'cmd'),
    'vhive.test.agent.w2.inbox.>',
    'vhive.test.run.>',
    '>',
    '_INBOX.>',
    '$JS.API.>',
    '$SYS.>',
  ])('refuses to listen to %s', async (subject) => {
    expect(await refusalOfSubscription(agent, subject)).toMatch(/permissions violation for subscription/i);
  });

  it.each([
    agentSubject('test', 'w1', 'cmd'),
    agentSubject('test', 'w2', 'evt'),
    agentSubject('test', 'w2', 'hb'),
    'vhive.test.run.run-1234',
    'vhive.other.agent.w1.hb',
    '_INBOX.abc',
    '$JS.API.STREAM.LIST',
    '$SYS.REQ.SERVER.PING',
  ])('refuses to publish on %s', async (subject) => {
    expect(await arrives(agent, subject)).toBe(false);
  });

  it('finds no JetStream in its account, and reaches no stream of the coordinator, whatever reply it names', async () => {
    const manager = await jetstreamManager(coordinator);
    await manager.streams.add({ name: 'ALL', subjects: ['vhive.>', 'other.>'] });
    await jetstream(coordinator).publish('other.1', 'precious');
    await expect(agent.request('$JS.API.STREAM.INFO.ALL', '', { timeout: 2000 })).rejects.toThrow(
      /permissions violation/i,
    );
    // Even somebody in that account who may do everything has no JetStream.
    await expect(jetstreamManager(link)).rejects.toThrow();
    const heard: (string | undefined)[] = [];
    // This is what a coordinator would do that had forgotten to look at the reply subject.
    const careless = link.subscribe(agentSubject('test', 'w1', 'hb'), {
      callback: (_, message) => {
        heard.push(message.reply);
        message.respond('an answer');
      },
    });
    await link.flush();
    const replies = [
      '$JS.API.STREAM.PURGE.ALL',
      'vhive.test.run.run-1234',
      'other.1',
      agentSubject('test', 'w2', 'evt'),
    ];
    for (const reply of replies) agent.publish(agentSubject('test', 'w1', 'hb'), 'alive', { reply });
    await agent.flush();
    await link.flush();
    await link.flush();
    careless.unsubscribe();
    expect(heard).toEqual(replies);
    const { state } = await manager.streams.info('ALL');
    expect(state).toMatchObject({ messages: 1, first_seq: 1, last_seq: 1 });
    await manager.streams.delete('ALL');
  });

  it('answers a request once, and no second time', async () => {
    const subject = agentSubject('test', 'w1', 'cmd');
    const subscription = agent.subscribe(subject, {
      callback: (_, message) => {
        message.respond('one');
        message.respond('two');
      },
    });
    await agent.flush();
    const answers: string[] = [];
    const answer = `${coordinatorInboxPrefix('test')}.answer`;
    const inbox = link.subscribe(answer, { callback: (_, message) => void answers.push(message.string()) });
    link.publish(subject, 'do', { reply: answer });
    await link.flush();
    expect((await link.request(subject, 'do')).string()).toBe('one');
    await agent.flush();
    await link.flush();
    expect(answers).toEqual(['one']);
    inbox.unsubscribe();
    subscription.unsubscribe();
  });

  it('gives requests of the agent its own inbox', async () => {
    const subject = agentSubject('test', 'w1', 'hb');
    const subscription = link.subscribe(subject, { callback: (_, message) => void message.respond('time') });
    await link.flush();
    expect((await agent.request(subject, 'alive')).string()).toBe('time');
    subscription.unsubscribe();
  });

  it('is refused with another key, another issuer, or after its time', async () => {
    const identity = await agentIdentity(nats.authority, 'w1');
    const login = (jwt: string, seed: Uint8Array) =>
      connect({
        servers: nats.server.url,
        tls: { ca: nats.authority.caPem },
        authenticator: jwtAuthenticator(jwt, seed),
        reconnect: false,
      });
    await expect(login(identity.jwt, createUser().getSeed())).rejects.toThrow(/authorization violation/i);
    await expect(login(`${identity.jwt.slice(0, -8)}AAAAAAAA`, identity.seed)).rejects.toThrow(
      /authorization violation/i,
    );
    const late = await agentIdentity(nats.authority, 'w1', -5);
    await expect(login(late.jwt, late.seed)).rejects.toThrow(/authorization violation|authentication expired/i);
    await expect(
      connect({ servers: nats.server.url, tls: { ca: nats.authority.caPem }, reconnect: false }),
    ).rejects.toThrow(/authorization violation/i);
  });

  it('closes the connection when it expires', async () => {
    const { jwt, seed } = await agentIdentity(nats.authority, 'w3', 2);
    const connection = await connect({
      servers: nats.server.url,
      tls: { ca: nats.authority.caPem },
      authenticator: jwtAuthenticator(jwt, seed),
      inboxPrefix: agentInboxPrefix('test', 'w3'),
      // The test looks at what ends the connection, so the client must not connect again.
      reconnect: false,
    });
    expect(String(await connection.closed())).toMatch(/expired|authorization violation/i);
  });

  it(`refuses a message over ${MAX_MESSAGE_BYTES} bytes`, async () => {
    expect(agent.info?.max_payload).toBe(MAX_MESSAGE_BYTES);
    const raw = await nats.agent('w4');
    const subject = agentSubject('test', 'w4', 'hb');
    expect(() => raw.publish(subject, new Uint8Array(MAX_MESSAGE_BYTES + 1))).toThrow(/max_payload/i);
    expect(() => raw.publish(subject, new Uint8Array(MAX_MESSAGE_BYTES))).not.toThrow();
    await raw.flush();
    expect(raw.isClosed()).toBe(false);
    // A client that does not keep to the limit itself is cut off by the server.
    Object.assign(raw.info ?? {}, { max_payload: MAX_MESSAGE_BYTES * 4 });
    const cut = new Promise<void>((resolve) => {
      void (async () => {
        for await (const status of raw.status()) if (status.type === 'disconnect') resolve();
      })();
    });
    raw.publish(subject, new Uint8Array(MAX_MESSAGE_BYTES + 1));
    await Promise.race([cut, raw.closed()]);
    expect(await arrives(agent, agentSubject('test', 'w1', 'hb'))).toBe(true);
  });
});

describe('TLS', () => {
  it('is refused by a client that trusts another CA', async () => {
    await expect(connect({ servers: nats.server.url, tls: {}, reconnect: false })).rejects.toThrow(/certificate/i);
  });
});
