import { once } from 'node:events';
import { createServer as createHttp1, type RequestListener } from 'node:http';
import { createServer as createHttp2, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import type { ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import { execute, type Work, type WorkDone } from '../grpc/executor.ts';
import { sayHello } from '../grpc/greeter.ts';
import { Server, ServerCredentials } from '../grpc/library.ts';

/** A server that functions could be behind. */
export interface LoadServer extends AsyncDisposable {
  port: number;
}

/** What a server makes of calls. */
export interface GrpcFunctions {
  greet?: (call: ServerUnaryCall<string, string>, answer: sendUnaryData<string>) => void;
  work?: (call: ServerUnaryCall<Work, WorkDone>, answer: sendUnaryData<WorkDone>) => void;
}

/** Starts gRPC's own server, with both services. */
export async function grpcServer({ greet, work }: GrpcFunctions, port = 0): Promise<LoadServer> {
  const server = new Server();
  server.addService(
    { sayHello },
    {
      sayHello:
        greet ??
        ((call: ServerUnaryCall<string, string>, answer: sendUnaryData<string>) =>
          answer(null, `Hello, ${call.request}!`)),
    },
  );
  server.addService(
    { execute },
    {
      execute:
        work ?? ((_: unknown, answer: sendUnaryData<WorkDone>) => answer(null, { text: '', micros: 0, memoryKb: 0 })),
    },
  );
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, got) =>
      error ? reject(error) : resolve(got),
    ),
  );
  return { port: bound, [Symbol.asyncDispose]: async () => server.forceShutdown() };
}

/** Starts a server of HTTP/1.1. `connections` counts those that it was asked for. */
export async function http1Server(listener: RequestListener): Promise<LoadServer & { connections: number }> {
  return await listening(createHttp1(listener));
}

/** Starts a server of unencrypted HTTP/2. `connections` counts those that it was asked for. */
export async function h2cServer(
  listener: (request: Http2ServerRequest, response: Http2ServerResponse) => void,
): Promise<LoadServer & { connections: number }> {
  return await listening(createHttp2(listener) as unknown as NetServer);
}

async function listening(server: NetServer): Promise<LoadServer & { connections: number }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    made.connections++;
    sockets.add(socket.on('error', () => undefined));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const made = {
    port: (server.address() as AddressInfo).port,
    connections: 0,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return made;
}
