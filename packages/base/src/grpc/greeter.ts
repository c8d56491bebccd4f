import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { MethodDefinition } from '@grpc/grpc-js';

// The protocol has two messages of one field each. Writing their wire format by hand needs neither generated code nor a
// loader of .proto files.

/** The number of the only field: `HelloRequest.name` and `HelloReply.message` are both field 1, a string. */
const FIELD = 1;

function encode(text: string): Buffer {
  return Buffer.from(new BinaryWriter().tag(FIELD, WireType.LengthDelimited).string(text).finish());
}

/**
 * Reads the text of a message. Unknown fields are skipped, as protobuf demands, and a field that was left out is the
 * empty string.
 */
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
 * The method `helloworld.Greeter/SayHello`, which takes a name and returns a greeting. It is the example service of
 * gRPC, and vHive's functions implement it (https://github.com/grpc/grpc/blob/master/examples/protos/helloworld.proto).
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
