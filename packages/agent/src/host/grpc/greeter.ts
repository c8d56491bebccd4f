import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { MethodDefinition } from '@grpc/grpc-js';

// Two messages of one field each: the wire format by hand needs neither generated code nor a loader of .proto files.

/** `HelloRequest.name` and `HelloReply.message` are both field 1, a string. */
const FIELD = 1;

function encode(text: string): Buffer {
  return Buffer.from(new BinaryWriter().tag(FIELD, WireType.LengthDelimited).string(text).finish());
}

/** Fields not known are skipped, as protobuf asks; a field left out is the empty string. */
function decode(bytes: Uint8Array): string {
  const reader = new BinaryReader(bytes);
  let text = '';
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === FIELD && type === WireType.LengthDelimited) text = reader.string();
    else reader.skip(type);
  }
  return text;
}

/**
 * `helloworld.Greeter/SayHello`, a name in, a greeting out: the example service of gRPC, which vHive's functions speak
 * (https://github.com/grpc/grpc/blob/master/examples/protos/helloworld.proto).
 */
export const sayHello: MethodDefinition<string, string> = {
  path: '/helloworld.Greeter/SayHello',
  requestStream: false,
  responseStream: false,
  requestSerialize: encode,
  requestDeserialize: decode,
  responseSerialize: encode,
  responseDeserialize: decode,
};
