import { expect, it } from 'vitest';
import { executionHeader, executionLine, type TraceCall } from './execution-records.ts';

const call: TraceCall = {
  ...{ id: 'min3.inv0', warmUp: false, sentMs: 1_000.5, endMs: 1_250.75 },
  ...{ requestedRuntimeMs: 200, connectMs: 1.5, outcome: 'ok', unconnected: false },
  reply: { message: 'OK - trace-func-0-00001-deployment-abc', durationUs: 201_234, memoryKb: 131_072 },
};
const cells = (changed: Partial<TraceCall> = {}) =>
  Object.fromEntries(
    executionLine({ ...call, ...changed }, Date.UTC(2026, 2, 1))
      .trimEnd()
      .split(',')
      .map((text, index) => [executionHeader.trimEnd().split(',')[index], text]),
  );

it('an answered call', () => {
  expect(cells()).toEqual({
    ...{ phase: '2', instance: 'trace-func-0-00001-deployment-abc', invocationID: 'min3.inv0' },
    ...{ startTime: '1772323201000500', requestedDuration: '200000', grpcConnEstablish: '1500' },
    ...{ responseTime: '250250', actualDuration: '201234', connectionTimeout: 'false', functionTimeout: 'false' },
    ...{ actualMemoryUsage: '128', memoryAllocationTimeout: 'false' },
    ...{ timeToSubmitMs: '0', userCodeExecutionMs: '0', timeToGetResponseMs: '0' },
  });
});

it('failed calls, and those of the warm-up', () => {
  expect(cells({ outcome: 'timeout', reply: undefined })).toMatchObject({
    ...{ connectionTimeout: 'false', functionTimeout: 'true', actualDuration: '0', instance: '' },
  });
  expect(cells({ outcome: 'error', unconnected: true, reply: undefined })).toMatchObject({
    ...{ connectionTimeout: 'true', functionTimeout: 'false' },
  });
  expect(cells({ warmUp: true }).phase).toBe('1');
});

it('a reply with any text stays one cell', () => {
  const reply = { message: 'a "b",\nc', durationUs: 1, memoryKb: 0 };
  expect(executionLine({ ...call, reply }, 0)).toContain(',"a ""b"",\nc",min3.inv0,');
});
