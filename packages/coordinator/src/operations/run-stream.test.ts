import { EventEmitter } from 'node:events';
import type { NodeView, Progress, RunEvent, StreamMessage } from '@vhive/shared';
import { expect, test } from 'vitest';
import { runStream, type StreamSources } from './run-stream.ts';

const at = '2030-01-01T00:00:00.000Z';
const tick = (): RunEvent => ({ type: 'time.passed', at });

const saidLast: Progress = {
  ...{ type: 'task.progress', runId: '', stepId: 's', attemptId: 'a', taskId: 't', title: 'a task' },
  ...{ index: 0, count: 1, status: 'started' },
};

/** Makes sources from an emitter. Every run has two stored events and goes on for ever. */
function sources(emitter: EventEmitter): StreamSources {
  const subscribe = (name: string) => (listener: (...values: never[]) => void) => {
    emitter.on(name, listener as () => void);
    return () => emitter.off(name, listener as () => void);
  };
  return {
    nodes: () => [] as NodeView[],
    applicants: () => [],
    onNodesChanged: subscribe('nodes'),
    onProgress: subscribe('progress'),
    newestProgress: (runId) => [{ node: 'n1', progress: { ...saidLast, runId } }],
    onRun: subscribe('run'),
    async *follow(_runId, from, signal) {
      for (let sequence = from; sequence <= 2; sequence += 1) yield { sequence, event: tick() };
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
  };
}

const shape = (message: StreamMessage) => ('runId' in message ? `${message.type} ${message.runId}` : message.type);

test('nodes, stored events, caught-up, then what is new; the end releases every subscription', async () => {
  const emitter = new EventEmitter();
  const stop = new AbortController();
  const seen: string[] = [];
  const wanted = { run: { runId: 'run-1', position: 2 }, newRuns: true };
  for await (const message of runStream(sources(emitter), wanted, stop.signal)) {
    seen.push(shape(message));
    if (message.type === 'caught-up' && message.runId === 'run-1') emitter.emit('run', { runId: 'run-2', position: 2 });
    if (message.type === 'caught-up' && message.runId === 'run-2') emitter.emit('nodes');
    if (message.type === 'nodes' && seen.length > 1) stop.abort();
  }
  expect(seen).toEqual([
    ...['nodes', 'event run-1', 'event run-1', 'caught-up run-1', 'progress'],
    ...['event run-2', 'event run-2', 'caught-up run-2', 'progress', 'nodes'],
  ]);
  expect(emitter.eventNames()).toEqual([]);
});

test('without a run it says so; many changes of nodes at once are one message', async () => {
  const emitter = new EventEmitter();
  const stop = new AbortController();
  const seen: string[] = [];
  for await (const message of runStream(sources(emitter), { run: undefined, newRuns: false }, stop.signal)) {
    seen.push(shape(message));
    if (message.type === 'caught-up') for (let count = 0; count < 50; count += 1) emitter.emit('nodes');
    if (message.type === 'nodes' && seen.length > 1) setTimeout(() => stop.abort(), 250);
  }
  expect(seen).toEqual(['nodes', 'caught-up null', 'nodes']);
});

test('a run that cannot be followed ends the stream with its error, and what sources say afterwards reaches nobody', async () => {
  const emitter = new EventEmitter();
  const stop = new AbortController();
  const broken = {
    ...sources(emitter),
    // biome-ignore lint/correctness/useYield: a reading that breaks before its first event
    async *follow(): AsyncGenerator<never> {
      throw new Error('reading of the stream ended early');
    },
  };
  const wanted = { run: { runId: 'run-1', position: 2 }, newRuns: true };
  const reader = (runStream(broken, wanted, stop.signal) as ReadableStream<StreamMessage>).getReader();
  const progress = [...emitter.listeners('progress'), ...emitter.listeners('nodes'), ...emitter.listeners('run')];
  await expect(reader.closed).rejects.toThrow('ended early');
  expect(emitter.eventNames()).toEqual([]);
  // A source may be in the middle of telling its listeners.
  for (const tell of progress) tell('n1', {});
  stop.abort();
});

test('a watcher that goes away releases every subscription, and is told nothing more', async () => {
  const emitter = new EventEmitter();
  const stream = runStream(sources(emitter), { run: undefined, newRuns: true }, new AbortController().signal);
  const listeners = [...emitter.listeners('progress'), ...emitter.listeners('run')];
  for await (const message of stream) if (message.type === 'caught-up') break;
  expect(emitter.eventNames()).toEqual([]);
  for (const tell of listeners) tell('n1', {});
});
