import { sayHello } from '../grpc/greeter.ts';
import type { GrpcMethod } from './grpc-protocol.ts';

/** Whom the greeter is asked to greet: what vSwarm's invoker says. */
const NAME = 'faas';

const request = sayHello.requestSerialize(NAME);

/** `helloworld.Greeter/SayHello`, which the functions of vHive and vSwarm implement. */
export const greeter: GrpcMethod = {
  path: sayHello.path,
  request: () => request,
  reply: (message) => ({ reply: sayHello.responseDeserialize(Buffer.from(message)) }),
};
