import { expect, it } from 'vitest';
import { at, nodeOf } from '../../render/run-view.fixture.ts';
import { chooseNodes, isSettled } from './choose-nodes.ts';

const nodes = [
  nodeOf('late', { enrolledAt: at(30) }),
  nodeOf('early', { enrolledAt: at(10) }),
  nodeOf('here', { enrolledAt: at(20), local: true }),
  nodeOf('gone', { enrolledAt: at(0), status: 'unreachable' }),
  nodeOf('new', { enrolledAt: at(0), status: 'pending' }),
];

it('takes this host as master, then who came first', () =>
  expect(chooseNodes(nodes, 2, undefined)).toEqual({ controlPlane: 'here', names: ['here', 'early'], left: ['late'] }));

it('takes the named master', () => expect(chooseNodes(nodes, 1, 'late')?.names).toEqual(['late']));

it.each([
  ['too few are reachable', 4, undefined],
  ['the master is not reachable', 1, 'gone'],
  ['the master is pending', 1, 'new'],
  ['the master is unknown', 1, 'nobody'],
])('waits while %s', (_why, expected, master) => expect(chooseNodes(nodes, expected, master)).toBeUndefined());

it.each([
  ['who would be chosen first is not there yet', [nodeOf('gone', { enrolledAt: at(0), status: 'unreachable' })], false],
  ['who is missing would come last', [nodeOf('gone', { enrolledAt: at(40), status: 'unreachable' })], true],
  ['who has not been let in does not count', [nodeOf('new', { enrolledAt: at(0), status: 'pending' })], true],
])('a choice is settled unless a known node would take its place: %s', (_why, others, expected) => {
  const present = [nodeOf('here', { enrolledAt: at(20), local: true }), nodeOf('late', { enrolledAt: at(30) })];
  const all = [...present, ...others];
  const chosen = chooseNodes(all, 2, undefined);
  expect(chosen?.names).toEqual(['here', 'late']);
  expect(chosen && isSettled(all, chosen)).toBe(expected);
});
