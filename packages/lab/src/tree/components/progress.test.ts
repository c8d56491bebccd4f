import { expect, test } from 'vitest';
import type { Component } from './component.ts';
import { BuildProgress } from './progress.ts';

const component = (title: string, seconds: number): Component => ({
  ...{ title, version: '1.0.0', stack: 'full', seconds },
  recipe: { kind: 'go', group: 'cluster', programs: {} },
});

test('each component has a line with n of m, and long ones say where they are', () => {
  const lines: string[] = [];
  let now = 0;
  const [one, two] = [component('One', 300), { ...component('Two', 60), instead: 'the nearest one' }];
  const progress = new BuildProgress(
    (line) => lines.push(line),
    () => now,
  );
  progress.expect([one, two]);
  progress.start(one);
  for (const path of ['a/b', 'c/d', 'e/f']) {
    now += 30;
    progress.line(path);
  }
  now = 600;
  progress.finish();
  progress.start(two);
  expect(lines).toEqual([
    '1 of 2: compiling One 1.0.0; about 6 min left',
    '  One: 2 packages so far, now c/d; about 5 min left',
    '2 of 2: compiling Two 1.0.0 (the nearest one); about 2 min left',
  ]);
});
