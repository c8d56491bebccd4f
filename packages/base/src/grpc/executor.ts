import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { MethodDefinition } from '@grpc/grpc-js';

/** FaasRequest: what a function is to do. Its string, field 1, is of no use to anybody and is left out. */
export interface Work {
  /** How long it is to be busy, milliseconds: field 2, uint32. */
  runtimeMs: number;
  /** How much memory it is to take meanwhile, MB: field 3, uint32. */
  memoryMb: number;
}

/** FaasReply: what the function did. */
export interface WorkDone {
  /** Field 1, a string. */
  text: string;
  /** How long it took, microseconds: field 2, uint32. */
  micros: number;
  /** How much memory it says that it took, KB: field 3, uint32. */
  memoryKb: number;
}

function encodeWork({ runtimeMs, memoryMb }: Work): Buffer {
  const writer = new BinaryWriter();
  if (runtimeMs > 0) writer.tag(2, WireType.Varint).uint32(runtimeMs);
  if (memoryMb > 0) writer.tag(3, WireType.Varint).uint32(memoryMb);
  return Buffer.from(writer.finish());
}

function decodeWork(bytes: Uint8Array): Work {
  const { numbers } = decode(bytes);
  return { runtimeMs: numbers[2] ?? 0, memoryMb: numbers[3] ?? 0 };
}

function encodeDone({ text, micros, memoryKb }: WorkDone): Buffer {
  const writer = new BinaryWriter().tag(1, WireType.LengthDelimited).string(text);
  if (micros > 0) writer.tag(2, WireType.Varint).uint32(Math.round(micros));
  if (memoryKb > 0) writer.tag(3, WireType.Varint).uint32(memoryKb);
  return Buffer.from(writer.finish());
}

function decodeDone(bytes: Uint8Array): WorkDone {
  const { text, numbers } = decode(bytes);
  return { text, micros: numbers[2] ?? 0, memoryKb: numbers[3] ?? 0 };
}

/** Reads the fields that the two messages have; others are skipped, as protobuf demands. */
function decode(bytes: Uint8Array): { text: string; numbers: Record<number, number> } {
  const reader = new BinaryReader(bytes);
  const numbers: Record<number, number> = {};
  let text = '';
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (field === 1 && type === WireType.LengthDelimited) text = reader.string();
    else if (field <= 3 && type === WireType.Varint) numbers[field] = Number(reader.int64());
    else reader.skip(type);
  }
  return { text, numbers };
}

/** The method `faas.Executor/Execute`, which the trace functions of invitro implement (its pkg/workload/proto/faas.proto). */
export const execute: MethodDefinition<Work, WorkDone> = {
  path: '/faas.Executor/Execute',
  requestStream: false,
  responseStream: false,
  requestSerialize: encodeWork,
  requestDeserialize: decodeWork,
  responseSerialize: encodeDone,
  responseDeserialize: decodeDone,
};
