import { setTimeout as delay } from 'node:timers/promises';
import type { Client, ServiceError } from '@grpc/grpc-js';
import { sayHello } from '@vhive/base/grpc/greeter';
import { failed } from '../kit/failures.ts';

/** One try may take this many milliseconds, so that a route which swallows requests does not use up the whole time. */
const TRY_MS = 20_000;
/** The first and the longest wait between two tries, in milliseconds. */
const BACKOFF_MS = { first: 250, most: 4_000 };

/** A call of a function: where to call and what to send. */
export interface Call {
  address: string;
  port: number;
  /** The host name of the function, by which the gateway knows which function is meant. */
  authority: string;
  message: string;
  /** The time limit for all tries together, in milliseconds. */
  timeoutMs: number;
  signal: AbortSignal;
  log(text: string): void;
}

/** The answer of a function. */
export interface Answer {
  reply: string;
  /** How long the try took that was answered, in milliseconds. */
  callMs: number;
}

/**
 * Calls a function through the gateway until it answers. The gateway learns of a new function a moment after the
 * function is Ready, so refusals count only once the time is up. Throws an `ActionError`, or the signal's reason when
 * it aborts.
 */
export async function callFunction(call: Call): Promise<Answer> {
  const { Client, credentials, status } = await import('@vhive/base/grpc/library');
  const transient = [
    status.UNAVAILABLE,
    status.UNIMPLEMENTED,
    status.DEADLINE_EXCEEDED,
    status.INTERNAL,
    status.UNKNOWN,
  ];
  const client = new Client(`${call.address}:${call.port}`, credentials.createInsecure(), {
    'grpc.default_authority': call.authority,
    // The gateway is in the same network, so the call must never go through a proxy of the environment.
    'grpc.enable_http_proxy': 0,
    'grpc.initial_reconnect_backoff_ms': BACKOFF_MS.first,
    'grpc.max_reconnect_backoff_ms': BACKOFF_MS.most,
  });
  const end = performance.now() + call.timeoutMs;
  let pause = BACKOFF_MS.first;
  try {
    for (let tries = 1; ; tries += 1) {
      const started = performance.now();
      try {
        const reply = await callOnce(client, call, Math.min(TRY_MS, end - started));
        return { reply, callMs: Math.round(performance.now() - started) };
      } catch (error) {
        call.signal.throwIfAborted();
        const { code, details } = error as ServiceError;
        const said = `${status[code] ?? 'UNKNOWN'}: ${details}`;
        if (!transient.includes(code)) throw refused(call, said);
        if (performance.now() + pause >= end) throw unanswered(call, tries, said);
        call.log(`no answer yet (${said}); once more`);
      }
      await delay(pause, undefined, { signal: call.signal });
      pause = Math.min(pause * 2, BACKOFF_MS.most);
    }
  } finally {
    client.close();
  }
}

function callOnce(client: Client, { message, signal }: Call, timeoutMs: number): Promise<string> {
  const { path, requestSerialize, responseDeserialize } = sayHello;
  return new Promise((resolve, reject) => {
    const deadline = Date.now() + timeoutMs;
    const call = client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      message,
      { deadline },
      (error, reply) => {
        signal.removeEventListener('abort', abort);
        if (error) reject(error);
        else resolve(reply ?? '');
      },
    );
    const abort = () => call.cancel();
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });
}

const title = ({ authority, address, port }: Call) => `${authority} through the gateway ${address}:${port}`;

function refused(call: Call, said: string) {
  return failed(`the function answered with an error at ${title(call)}: ${said}`, {
    hint: 'the image of ready.image must speak helloworld.Greeter of gRPC, on the port that the function names h2c',
  });
}

function unanswered(call: Call, tries: number, said: string) {
  return failed(`no answer within ${call.timeoutMs / 1000} s (${tries} tries) from ${title(call)}: ${said}`, {
    hint: 'kubectl -n istio-system get pods,services; kubectl -n knative-serving get pods',
    code: 'timeout',
  });
}
