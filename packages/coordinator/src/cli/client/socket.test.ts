import { buildPlan } from '@vhive/core/plan/build-plan';
import { exampleInput } from '@vhive/core/plan/example-input.fixture';
import { expect, it } from 'vitest';
import { LONGEST_MESSAGE_BYTES } from './socket.ts';

/** As many nodes as `--simulate` takes. */
const MOST_NODES = 5_000;

it('takes the plan of thousands of nodes in one message', () => {
  const everything = { stargz: true, kubernetes: { kubeconfigOnWorkers: true, nodeLabels: { '*': { a: 'b' } } } };
  const bytesOf = (nodes: number) => JSON.stringify(buildPlan(exampleInput(nodes, everything))).length;
  // What each node adds is the same from a hundred nodes on.
  const perNode = (bytesOf(200) - bytesOf(100)) / 100;
  expect(perNode * MOST_NODES).toBeLessThan(LONGEST_MESSAGE_BYTES / 2);
});
