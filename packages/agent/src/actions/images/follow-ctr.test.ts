import fc from 'fast-check';
import { expect, test } from 'vitest';
import { followCtr, progressIn } from './follow-ctr.ts';

/** What ctr 2.2 draws for one moment of a pull, where its standard input is no terminal. */
const picture = (total: string) =>
  [
    'docker.io/library/app:1            \tfetching image content\t',
    '└──manifest (0123456789ab)         \tcomplete       \t|\u001b[32m++++++++++++++++++++++++++++++++++++++\u001b[0m|\t',
    '   ├──layer (ba9876543210)          \tdownloading    \t|\u001b[32m+++++\u001b[0m---------------------------------|\t 1.0 MiB/12.7 MiB\t',
    'application/vnd.oci.image.manifest.v1+json sha256:0123',
    `Pulling from OCI Registry (docker.io/library/app:1)\telapsed: 1.2 s\ttotal:  ${total}\t(2.5 MiB/s)\t`,
  ].join('\n');

function followed(text: string, stream: 'stdout' | 'stderr' = 'stdout') {
  const told: string[] = [];
  const logged: string[] = [];
  const { said, onLine } = followCtr({
    progress: (detail) => void told.push(detail),
    streamed: { onLine: (_stream, line) => void logged.push(line) },
  });
  for (const line of text.split('\n')) onLine(stream, line);
  return { told, logged, said };
}

test('the pictures of ctr become progress, and what else it says is logged once', () => {
  const { told, logged, said } = followed(`${picture('3.0 MiB')}\n${picture('12.7 MiB')}\n`);
  expect(told).toEqual(['3.0 MiB in 1 s (2.5 MiB/s)', '12.7 MiB in 1 s (2.5 MiB/s)']);
  expect(logged).toEqual([
    'docker.io/library/app:1            \tfetching image content',
    'application/vnd.oci.image.manifest.v1+json sha256:0123',
  ]);
  expect(said).toEqual(logged);
});

test('the log of ctr-remote is progress too, and all of it is kept', () => {
  const line = `time="2026-12-01T04:00:00Z" level=info msg=converting... digest="sha256:${'0123456789abcdef'.repeat(4)}"`;
  const { told, logged } = followed(`${line}\n${line}`, 'stderr');
  expect(told).toEqual(['converting layer 0123456789ab', 'converting layer 0123456789ab']);
  expect(logged).toEqual([line, line]);
  expect(progressIn('time="x" level=warning msg="DEPRECATION: cgroup v1"')).toBeUndefined();
  expect(progressIn('time="x" level=info msg="waiting for 10s ..."')).toBe('waiting for 10s ...');
});

test('whatever is said, no codes of terminals stay in it, and little is kept', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (lines) => {
      const { said } = followed(lines.map((line) => `\u001b[1A\u001b[2K\r${line}`).join('\n'));
      expect(said.join('')).not.toContain('\u001b[2K');
      expect(said.length).toBeLessThanOrEqual(40);
    }),
  );
});
