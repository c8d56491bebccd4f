import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { GrpcMethod } from './grpc-protocol.ts';

/**
 * `faasfunction.Executor/Execute`, which invitro's trace functions implement: FaasRequest is a string, then milliseconds and
 * megabytes of work; FaasReply a string, then how many microseconds it took.
 */
export const executor: GrpcMethod = {
  path: '/faasfunction.Executor/Execute',
  request({ work }) {
    const writer = new BinaryWriter();
    if (work && work.runtimeMs > 0) writer.tag(2, WireType.Varint).uint32(work.runtimeMs);
    if (work && work.memoryMb > 0) writer.tag(3, WireType.Varint).uint32(work.memoryMb);
    return writer.finish();
  },
  reply(message) {
    const reader = new BinaryReader(message);
    let reply = '';
    let micros = 0;
    while (reader.pos < reader.len) {
      const [field, type] = reader.tag();
      if (field === 1 && type === WireType.LengthDelimited) reply = reader.string();
      else if (field === 2 && type === WireType.Varint) micros = Number(reader.int64());
      else reader.skip(type);
    }
    return { reply, functionMs: micros / 1000 };
  },
};
