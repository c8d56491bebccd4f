import type { LoadProtocol } from '@vhive/shared';
import type { Caller, CallerOptions } from './caller.ts';
import { grpcMethods } from './grpc-methods.ts';
import { grpcProtocol } from './grpc-protocol.ts';
import { httpAnswer } from './http-status.ts';
import { http1Caller } from './http1-caller.ts';
import { type Http2Protocol, http2Caller } from './http2-caller.ts';

/** Makes the caller of a protocol. */
export function makeCaller(protocol: LoadProtocol, options: CallerOptions): Caller {
  if (protocol === 'http1') return http1Caller(options);
  if (protocol === 'h2c') return http2Caller(plainProtocol(options.path), options);
  return http2Caller(grpcProtocol(grpcMethods[protocol], options.timeoutMs), options);
}

/** GET of one path over HTTP/2. */
function plainProtocol(path: string): Http2Protocol {
  return {
    headers: { ':method': 'GET', ':path': path, ':scheme': 'http' },
    body: () => undefined,
    read: ({ ':status': status }, _trailers, body) => httpAnswer(Number(status), body),
  };
}
