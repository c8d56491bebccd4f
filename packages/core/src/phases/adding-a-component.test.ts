import type { Plan } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { buildPlan } from '../plan/build-plan.ts';
import { exampleInput } from '../plan/example-input.fixture.ts';
import { catalogue } from '../versions/catalogue.ts';
import { lanternClusterFile, lanternStack } from './added-component.fixture.ts';
import { phases } from './index.ts';
import type { Phase } from './kit/phase.ts';
import { knownManifests } from './kit/phase-facts.ts';

const planWith = (fields: Parameters<typeof lanternClusterFile.parse>[0]): Plan =>
  buildPlan({ ...exampleInput(3), config: lanternClusterFile.parse(fields) }, {}, lanternStack);
const plan = planWith({ extras: { lantern: true }, versions: { lantern: '1.2.4' } });
const stepOf = (id: string) => {
  const step = plan.steps.find((candidate) => candidate.id === id);
  if (step === undefined) throw new Error(`no step ${id}`);
  return step;
};

describe('a component that was added by four edits', () => {
  it('has its files fetched, in the version of the cluster file, with their checksums', () => {
    expect(stepOf('artifacts/lanternd-amd64').tasks[0]?.params).toMatchObject({
      url: 'https://lantern.example/v1.2.4/lanternd-amd64',
      checksum: { type: 'file', url: 'https://lantern.example/sums' },
    });
    expect(stepOf('artifacts/lantern-manifest-amd64').tasks[0]?.params.version).toBe('1.2.4');
    expect(() => lanternClusterFile.parse({ versions: { lanternd: '1.2.4' } })).toThrow('Unrecognized key');
  });

  it('has its manifest applied, which the operator can patch', () => {
    expect(stepOf('lantern-manifest/n1').tasks[0]).toMatchObject({
      action: 'kubernetes.apply',
      params: { manifest: { $output: { step: 'artifacts/lantern-manifest-amd64' } } },
    });
    expect(knownManifests(lanternStack.phases)).toContain('lantern-manifest');
  });

  it('has its unit looked at on every node at the end', () => {
    for (const node of plan.nodes)
      expect(stepOf(`inspection/${node}`).tasks[0]?.params.units).toEqual(
        expect.arrayContaining(['kubelet.service', 'lanternd.service']),
      );
  });

  it('is waited for before the cluster is ready', () => {
    const { needs, after } = stepOf('ready-pods/n1');
    expect(needs).toContain('lantern/n1');
    expect(after).toEqual(expect.arrayContaining(['n1', 'n2', 'n3'].map((node) => `lanternd/${node}`)));
  });

  it('leaves no trace in a cluster that does not ask for it', () => {
    expect(planWith({})).toEqual(buildPlan(exampleInput(3)));
  });
});

describe('the compiler and the list of phases', () => {
  it('know when an edit was forgotten', () => {
    // @ts-expect-error: no component of the catalogue is called so
    const components: Phase['components'] = { lantern: 'nodes' };
    // @ts-expect-error: no file and no component of the catalogue is called so
    const manifests: Phase['manifests'] = ['lantern-manifest'];
    expect([components, manifests]).toHaveLength(2);
  });

  it('have a phase for every component but the coordinator’s own', () => {
    const brought = new Set(phases.flatMap(({ components = {} }) => Object.keys(components)));
    expect(Object.keys(catalogue).filter((name) => !brought.has(name))).toEqual(['natsServer']);
  });
});
