import type { IncomingHttpHeaders } from 'node:http2';
import { messageOf, type Shot } from '@vhive/shared';
import { type Answer, KEPT_REPLY } from './caller.ts';
import type { Http2Protocol } from './http2-caller.ts';

/** The bytes before a message: whether it is compressed, and its length. */
const PREFIX_BYTES = 5;
const OK = '0';
const DEADLINE_EXCEEDED = '4';

/** The names of gRPC's statuses (https://grpc.io/docs/guides/status-codes). */
const statusNames =
  'OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED'.split(
    ' ',
  );

/** What statuses mean that a gateway gives without a message. Envoy makes UNIMPLEMENTED of the HTTP status 404. */
const unsaid: Readonly<Record<string, string>> = {
  UNIMPLEMENTED: 'no such function is known there, or it does not serve this method',
};

/** A method of a gRPC service, with one request and one reply. */
export interface GrpcMethod {
  /** Such as `/helloworld.Greeter/SayHello`. */
  path: string;
  request(shot: Shot): Uint8Array;
  /** Reads a reply. What it throws becomes the error of the call. */
  reply(message: Uint8Array): Pick<Answer, 'reply' | 'functionMs' | 'functionMemoryKb'>;
}

/**
 * gRPC on top of HTTP/2 (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md), as far as a call with one
 * message each way needs it. gRPC's own library hides when a connection is made, and costs twice the processor time, which
 * a load generator would show as latency of the function.
 */
export function grpcProtocol(method: GrpcMethod, timeoutMs: number): Http2Protocol {
  const headers = {
    ':method': 'POST',
    ':path': method.path,
    ':scheme': 'http',
    te: 'trailers',
    'content-type': 'application/grpc',
    'grpc-timeout': grpcTimeout(timeoutMs),
  };
  return {
    headers,
    body: (shot) => framed(method.request(shot)),
    read: (received, trailers, body) => read(method, received, trailers, body),
  };
}

/** At most eight digits are allowed, so long times are told in seconds. */
function grpcTimeout(ms: number): string {
  return ms < 100_000_000 ? `${Math.ceil(ms)}m` : `${Math.ceil(ms / 1000)}S`;
}

function framed(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  frame[0] = 0;
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, PREFIX_BYTES);
  return frame;
}

function read(method: GrpcMethod, headers: IncomingHttpHeaders, trailers: IncomingHttpHeaders, body: Buffer): Answer {
  // An answer without a message has its status among its headers.
  const said = trailers['grpc-status'] === undefined ? headers : trailers;
  const status = said['grpc-status'];
  if (status === undefined) return { outcome: 'error', error: notGrpc(headers) };
  if (status !== OK) {
    const name = statusNames[Number(status)] ?? `gRPC status ${status}`;
    const error = `${name}: ${decoded(String(said['grpc-message'] ?? '')) || (unsaid[name] ?? 'no reason was said')}`;
    return { outcome: status === DEADLINE_EXCEEDED ? 'timeout' : 'error', error };
  }
  if (body.length < PREFIX_BYTES || body.length < PREFIX_BYTES + body.readUInt32BE(1))
    return { outcome: 'error', error: 'the reply has no whole message' };
  if (body[0] !== 0) return { outcome: 'error', error: 'the reply is compressed, which was not asked for' };
  try {
    const { reply, ...rest } = method.reply(body.subarray(PREFIX_BYTES, PREFIX_BYTES + body.readUInt32BE(1)));
    return { outcome: 'ok', ...rest, ...(reply === undefined ? {} : { reply: reply.slice(-KEPT_REPLY) }) };
  } catch (error) {
    return { outcome: 'error', error: `the reply cannot be read: ${messageOf(error)}` };
  }
}

function notGrpc({ ':status': status, 'content-type': type }: IncomingHttpHeaders): string {
  return `the answer is not gRPC: HTTP status ${status}, content type ${type ?? 'not said'}`;
}

/** Messages of statuses are percent-encoded. One that is not well encoded is taken as it is. */
function decoded(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}
