import { expect, it } from 'vitest';
import { exampleNode } from '../../plan/example-input.fixture.ts';
import { slowFindings } from './slow-findings.ts';

it('warns of the hosts that measured that they are slow, and of no other', () => {
  const touched = [exampleNode('n1', 0), exampleNode('n2', 1, { slowdown: 1 }), exampleNode('n3', 2, { slowdown: 7 })];
  expect(slowFindings({ touched })).toMatchObject([
    { check: 'speed', level: 'warning', message: expect.stringMatching(/^n3 is 7 times slower .* 7 times as long$/) },
  ]);
});
