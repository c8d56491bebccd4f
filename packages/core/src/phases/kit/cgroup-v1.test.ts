import type { ClusterFile } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { buildPlan } from '../../plan/build-plan.ts';
import { exampleInput, exampleNode, plain } from '../../plan/example-input.fixture.ts';
import { cgroupFindings } from './cgroup-v1.ts';
import { examplePhaseContext } from './phase-context.fixture.ts';

/** Returns nodes with these cgroup versions, the control plane first. */
const nodesWith = (versions: readonly (1 | 2)[]) =>
  versions.map((cgroupVersion, index) => exampleNode(`n${index + 1}`, index, { cgroupVersion }));

/** Returns the tasks of a plan for such nodes, by step and task. */
function tasksOf(versions: readonly (1 | 2)[], fields: ClusterFile = {}) {
  const nodes = nodesWith(versions);
  const [controlPlane = nodes[0]] = nodes;
  if (controlPlane === undefined) throw new Error('a cluster has a node');
  const input = { ...exampleInput(1, { ...plain, ...fields }), nodes, controlPlane };
  return new Map(buildPlan(input).steps.flatMap(({ id, tasks }) => tasks.map((task) => [`${id} ${task.id}`, task])));
}

type Tasks = ReturnType<typeof tasksOf>;
/** Returns the params of a task of that plan. */
const paramsOf = (tasks: Tasks, name: string) => tasks.get(name)?.params as Record<string, unknown> | undefined;
const patch = (tasks: Tasks, node: string): Record<string, unknown> =>
  JSON.parse(String(paramsOf(tasks, `kubelet/${node} kubelet-patch`)?.content));
const init = (tasks: Tasks) =>
  paramsOf(tasks, 'control-plane/n1 init')?.configuration as Record<string, unknown>[] | undefined;

describe('Kubernetes 1.35 on hosts with cgroup version 1', () => {
  it('is told so on these hosts only, at init and at join', () => {
    const tasks = tasksOf([1, 2, 1]);
    expect(init(tasks)?.[0]).toMatchObject({
      nodeRegistration: { ignorePreflightErrors: ['SystemVerification'] },
      patches: { directory: '/etc/vhive/kubeadm-patches' },
    });
    expect(init(tasks)?.[2]).not.toHaveProperty('failCgroupV1');
    expect(['n1', 'n2', 'n3'].map((node) => patch(tasks, node).failCgroupV1)).toEqual([false, undefined, false]);
    expect(tasks.get('join/n2 join')?.params).toMatchObject({ ignorePreflightErrors: [] });
    expect(tasks.get('join/n3 join')?.params).toMatchObject({ ignorePreflightErrors: ['SystemVerification'] });
  });

  it('is not told so where it is older, as older ones take such hosts', () => {
    const tasks = tasksOf([1, 1], { versions: { kubernetes: '1.34.1' } });
    expect(patch(tasks, 'n1')).not.toHaveProperty('failCgroupV1');
    expect(init(tasks)?.[0]?.nodeRegistration).not.toHaveProperty('ignorePreflightErrors');
    expect(tasks.get('join/n2 join')?.params).toMatchObject({ ignorePreflightErrors: [] });
  });
});

describe('preflight', () => {
  const findings = (versions: readonly (1 | 2)[], fields: ClusterFile = {}) =>
    cgroupFindings({ ...examplePhaseContext(1, fields), touched: nodesWith(versions) });

  it('warns of what will be done, and says what to do rather', () => {
    expect(findings([1, 2, 1])).toEqual([
      {
        check: 'cgroup version',
        level: 'warning',
        message: expect.stringMatching(
          /1\.35\.3 .*, with which n1, n3 boot: .*failCgroupV1: false.*SystemVerification/,
        ),
        hint: expect.stringContaining('systemd.unified_cgroup_hierarchy=1'),
      },
    ]);
  });

  it('says nothing of version 2, nor to Kubernetes that takes version 1', () => {
    expect(findings([2, 2])).toEqual([]);
    expect(findings([1], { versions: { kubernetes: '1.34.1' } })).toEqual([]);
  });

  it('passes the word on to the check of the cluster', () => {
    expect(tasksOf([1, 2]).get('preflight/cluster cluster')?.params).toMatchObject({
      findings: [{ check: 'cgroup version' }],
    });
  });
});
