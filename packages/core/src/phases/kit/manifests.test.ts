import { describe, expect, it } from 'vitest';
import { buildPlan } from '../../plan/build-plan.ts';
import { exampleInput } from '../../plan/example-input.fixture.ts';
import { catalogue } from '../../versions/catalogue.ts';
import { phases } from '../index.ts';
import { knownManifests } from './phase-facts.ts';

describe('manifests that can be patched', () => {
  const known: readonly string[] = knownManifests(phases);

  it('are files of the catalogue, or made from one', () => {
    const files = Object.values(catalogue).flatMap(({ files }) => Object.keys(files));
    for (const name of known) expect([...files, 'istio']).toContain(name);
  });

  it('are all that phases apply', () => {
    const extras = { metricsServer: true, prometheus: { enabled: true }, nvidia: true };
    const applied = buildPlan(exampleInput(2, { extras })).steps.flatMap(({ tasks }) =>
      tasks.filter(({ action, params }) => action === 'kubernetes.apply' && 'patches' in params).map(({ id }) => id),
    );
    expect(applied.toSorted()).toEqual(known.toSorted());
  });
});
