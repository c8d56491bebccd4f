import { type ClientHttp2Stream, constants, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';
import { messageOf, type Shot } from '@vhive/shared';
import type { Answer, Call, Caller, CallerOptions } from './caller.ts';
import { type Http2Connection, Http2Connections } from './http2-connections.ts';

/** What is sent over HTTP/2, and what an answer means. */
export interface Http2Protocol {
  headers: OutgoingHttpHeaders;
  /** The body of a call; undefined for none. */
  body(shot: Shot): Uint8Array | undefined;
  /** Reads an answer: its headers, its trailers and its body. */
  read(headers: IncomingHttpHeaders, trailers: IncomingHttpHeaders, body: Buffer): Omit<Answer, 'connectMs'>;
}

/** Makes calls over unencrypted HTTP/2. */
export function http2Caller(protocol: Http2Protocol, options: CallerOptions): Caller {
  const connections = new Http2Connections(options.connections);
  return {
    get connections() {
      return connections.opened;
    },
    prepare: (targets) => connections.prepare(targets),
    call: (call, onEnd) => send(connections, protocol, call, onEnd),
    close: () => connections.close(),
  };
}

function send(
  connections: Http2Connections,
  protocol: Http2Protocol,
  { shot, target, headers }: Call,
  onEnd: (answer: Answer) => void,
): () => void {
  const connection = connections.take(target);
  const isNew = !connection.used;
  connection.used = true;
  let stream: ClientHttp2Stream;
  try {
    stream = connection.session.request({ ...protocol.headers, ...headers, ':authority': target.name });
  } catch (error) {
    connections.giveBack(connection);
    queueMicrotask(() => onEnd({ outcome: 'error', error: messageOf(error) }));
    return () => undefined;
  }
  let over = false;
  const end = (answer: Answer | undefined) => {
    if (over) return;
    over = true;
    connections.giveBack(connection);
    if (answer) onEnd({ ...answer, ...connectionTime(connection, isNew) });
  };
  listen(stream, protocol, end);
  const body = protocol.body(shot);
  if (body === undefined) stream.end();
  else stream.end(body);
  return () => {
    end(undefined);
    stream.close(constants.NGHTTP2_CANCEL);
  };
}

function listen(stream: ClientHttp2Stream, protocol: Http2Protocol, end: (answer: Answer) => void): void {
  const parts: Buffer[] = [];
  let headers: IncomingHttpHeaders | undefined;
  let trailers: IncomingHttpHeaders = {};
  stream
    .on('response', (received) => {
      headers = received;
    })
    .on('data', (part: Buffer) => parts.push(part))
    .on('trailers', (received) => {
      trailers = received;
    })
    .on('end', () => {
      if (headers) end(protocol.read(headers, trailers, Buffer.concat(parts)));
    })
    .on('error', (error) => end({ outcome: 'error', error: causeOf(error) }))
    .on('close', () => end({ outcome: 'error', error: 'the connection was closed before the answer came' }));
}

/** The first cause: of a connection that failed, every call on it says only that it was cancelled. */
function causeOf(error: Error): string {
  return messageOf(error.cause instanceof Error ? error.cause : error);
}

function connectionTime({ connectMs }: Http2Connection, isNew: boolean): Pick<Answer, 'connectMs'> {
  return isNew && connectMs !== undefined ? { connectMs } : {};
}
