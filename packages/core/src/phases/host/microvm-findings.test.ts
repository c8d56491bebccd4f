import { type ClusterFile, LEGACY_VHIVE_REF } from '@vhive/shared';
import { expect, it } from 'vitest';
import { examplePhaseContext } from '../kit/phase-context.fixture.ts';
import { microVmFindings } from './microvm-findings.ts';

it.each([
  [{}, []],
  [{ versions: { kubernetes: '1.37.4' } }, []],
  [{ versions: { kubernetes: '1.38.0' } }, ['kubernetes and vhive']],
  [{ sandbox: 'gvisor' as const, versions: { kubernetes: '1.38.0' } }, []],
  [{ firecracker: { vhiveRef: LEGACY_VHIVE_REF } }, ['kernel of microVMs']],
])('of %j warns of %j', (fields, checks) => {
  const findings = microVmFindings(examplePhaseContext(2, fields));
  expect(findings.map(({ check }) => check)).toEqual(checks);
  expect(findings.every(({ level }) => level === 'warning')).toBe(true);
});

it('warns before anything is touched of a test function that would need the internet', () => {
  const real = 'ghcr.io/ease-lab/helloworld:var_workload';
  const warnings = (fields: ClusterFile, mirrorImages: string[]) =>
    microVmFindings({ ...examplePhaseContext(2, fields, true), mirrorImages }).map(({ message }) => message);
  expect(warnings({}, [])).toEqual([expect.stringContaining(`vHive pulls ${real} from its image registry`)]);
  expect(warnings({ registry: { local: false } }, [real])).toHaveLength(1);
  expect(warnings({}, [real])).toEqual([]);
  expect(warnings({ ready: { image: 'a.local/b:1' } }, [])).toEqual([]);
  expect(warnings({ ready: { smokeTest: false } }, [])).toEqual([]);
});
