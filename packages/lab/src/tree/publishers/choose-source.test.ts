import { expect, test } from 'vitest';
import { chooseSource } from './choose-source.ts';

const order = { clusterFiles: [], architecture: 'amd64' };

async function chosen(asked: 'publishers' | 'compile' | undefined, answer: boolean | undefined) {
  const lines: string[] = [];
  let looks = 0;
  const publishers = {
    async look() {
      looks += 1;
      return { answer: answer === true, said: answer ? 'dl.k8s.io' : 'dl.k8s.io: no answer within 5 s' };
    },
    pull: () => Promise.reject(new Error('choosing pulls nothing')),
  };
  const source = await chooseSource({
    ...{ asked, publishers: answer === undefined ? undefined : publishers, order },
    log: (line) => lines.push(line),
  });
  return { source, looks, lines };
}

test('publishers who answer are taken from; else the software is compiled; in either case one line says why', async () => {
  expect(await chosen(undefined, true)).toEqual({
    ...{ source: 'publishers', looks: 1 },
    lines: ["the publishers answer (dl.k8s.io): the lab's software is pulled from them, nothing is compiled"],
  });
  const { source, lines } = await chosen(undefined, false);
  expect(source).toBe('compile');
  expect(lines).toEqual([expect.stringContaining('do not answer (dl.k8s.io: no answer within 5 s)')]);
});

test('a source that is asked for is taken without a look', async () => {
  expect(await chosen('publishers', false)).toEqual({ source: 'publishers', looks: 0, lines: [] });
  expect(await chosen('compile', true)).toEqual({ source: 'compile', looks: 0, lines: [] });
});

test('without anybody to ask, it is compiled', async () => {
  expect(await chosen(undefined, undefined)).toMatchObject({ source: 'compile', lines: [] });
});
