import { Agent, type ClientRequest, request } from 'node:http';
import { messageOf } from '@vhive/shared';
import type { Answer, Call, Caller, CallerOptions } from './caller.ts';
import { httpAnswer } from './http-status.ts';

/** Makes calls over HTTP/1.1: GET of one path. A connection carries one call at a time. */
export function http1Caller({ connections, path }: CallerOptions): Caller {
  // An agent of our own heeds no proxy of the environment.
  const agent = new Agent({ keepAlive: connections === 'reuse' });
  const opened = { count: 0 };
  return {
    get connections() {
      return opened.count;
    },
    // An agent opens no connection without a call.
    prepare: async () => undefined,
    call(call, onEnd) {
      const sent = get(agent, path, call);
      const abandon = listen(sent, onEnd, () => opened.count++);
      sent.end();
      return abandon;
    },
    close: () => agent.destroy(),
  };
}

function get(agent: Agent, path: string, { target: { name, address, port }, headers }: Call): ClientRequest {
  const all = { ...headers, host: name };
  return request({ agent, host: address, port, path, method: 'GET', setHost: false, headers: all });
}

function listen(sent: ClientRequest, onEnd: (answer: Answer) => void, onConnect: () => void): () => void {
  const begun = performance.now();
  const parts: Buffer[] = [];
  let connectMs: number | undefined;
  let over = false;
  const end = (answer: Answer) => {
    if (over) return;
    over = true;
    onEnd({ ...answer, ...(connectMs === undefined ? {} : { connectMs }) });
  };
  sent
    .on('socket', (socket) => {
      if (!socket.connecting) return;
      onConnect();
      socket.once('connect', () => {
        connectMs = performance.now() - begun;
      });
    })
    .on('response', (response) => {
      response
        .on('data', (part: Buffer) => parts.push(part))
        .on('end', () => end(httpAnswer(response.statusCode, Buffer.concat(parts))))
        .on('error', (error) => end({ outcome: 'error', error: messageOf(error) }));
    })
    .on('error', (error) => end({ outcome: 'error', error: messageOf(error) }))
    .on('close', () => end({ outcome: 'error', error: 'the connection was closed before the answer came' }));
  return () => {
    over = true;
    sent.destroy();
  };
}
