import type { Caller, CallerOptions, LoadProtocol } from './caller.ts';
import { executor } from './executor.ts';
import { greeter } from './greeter.ts';
import { grpcProtocol } from './grpc-protocol.ts';
import { httpAnswer } from './http-status.ts';
import { http1Caller } from './http1-caller.ts';
import { http2Caller } from './http2-caller.ts';

/** Makes the caller of a protocol. */
export function makeCaller(protocol: LoadProtocol, options: CallerOptions): Caller {
  if (protocol === 'http1') return http1Caller(options);
  if (protocol === 'h2c') {
    const headers = { ':method': 'GET', ':path': options.path, ':scheme': 'http' };
    const read = (status: number | undefined, body: Buffer) => httpAnswer(status, body);
    return http2Caller(
      { headers, body: () => undefined, read: (received, _, body) => read(received[':status'] as number | undefined, body) },
      options,
    );
  }
  const method = protocol === 'greeter' ? greeter : executor;
  return http2Caller(grpcProtocol(method, options.timeoutMs), options);
}
