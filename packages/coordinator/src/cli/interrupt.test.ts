import { PassThrough } from 'node:stream';
import { VhiveError } from '@vhive/shared';
import { expect, it } from 'vitest';
import { liveReporter } from './follow/live-reporter.ts';
import { aborted, readerGone, withInterrupt } from './interrupt.ts';
import { CliIo } from './io.ts';
import { showError } from './show-error.ts';

function bench() {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => {
    const through = new PassThrough();
    through.on('data', (chunk) => {
      written[name] += String(chunk);
    });
    return Object.assign(through, { isTTY: name === 'stdout', columns: 80, rows: 24 });
  };
  return { io: new CliIo({ env: {}, stdout: stream('stdout'), stderr: stream('stderr') }), written };
}

it('told to end, a command says so at once, and ends its work', async () => {
  const { io, written } = bench();
  const work = withInterrupt(io, async (signal) => {
    await aborted(signal);
    throw signal.reason;
  });
  expect(io.interrupt?.()).toBe(true);
  expect(written.stderr).toContain('interrupted: stopping in order');
  expect(io.interrupt?.()).toBe(false);
  await expect(work).rejects.toMatchObject({ code: 'interrupted' });
  // The outcome is known: a signal that comes now changes nothing.
  expect(io.interrupt?.()).toBe(true);
});

it('where a moving picture is drawn, what people must see stays above it', () => {
  const { io, written } = bench();
  const reporter = liveReporter(io);
  io.announce('interrupted: stopping in order');
  expect(written).toEqual({ stdout: expect.stringContaining('interrupted: stopping in order'), stderr: '' });
  reporter.close();
  io.announce('afterwards');
  expect(written.stderr).toContain('afterwards');
});

it('a reader that has gone ends the command without a word', async () => {
  const { io, written } = bench();
  const work = withInterrupt(io, async (signal) => {
    await aborted(signal);
    throw signal.reason;
  });
  readerGone(io);
  const cause = await work.catch((error: unknown) => error);
  showError(cause, io);
  expect(cause).toBeInstanceOf(VhiveError);
  expect(written).toEqual({ stdout: '', stderr: '' });
});
