import { execute } from '../grpc/executor.ts';
import { sayHello } from '../grpc/greeter.ts';
import type { GrpcMethod } from './grpc-protocol.ts';

/** Whom the greeter is asked to greet, as vSwarm's invoker does. */
const NAME = 'faas';

const greeting = sayHello.requestSerialize(NAME);
const nothing = { runtimeMs: 0, memoryMb: 0 };

/** How the services that functions implement are called. */
export const grpcMethods: Readonly<Record<'greeter' | 'executor', GrpcMethod>> = {
  greeter: {
    path: sayHello.path,
    request: () => greeting,
    reply: (message) => ({ reply: sayHello.responseDeserialize(Buffer.from(message)) }),
  },
  executor: {
    path: execute.path,
    request: ({ work = nothing }) => execute.requestSerialize(work),
    reply(message) {
      const { text, micros, memoryKb } = execute.responseDeserialize(Buffer.from(message));
      return { reply: text, functionMs: micros / 1000, functionMemoryKb: memoryKb };
    },
  },
};
