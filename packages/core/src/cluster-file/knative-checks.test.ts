import { type ClusterFile, clusterFile } from '@vhive/shared';
import { expect, it } from 'vitest';
import { knativeProblems } from './knative-checks.ts';

const problems = (knative: ClusterFile['knative'], fields: ClusterFile = {}) =>
  knativeProblems(clusterFile.parse({ ...fields, knative }));

it('takes entries of every ConfigMap that its manifests have', () => {
  const config = { autoscaler: { 'initial-scale': '0' }, istio: { 'enable-virtualservice-status': 'true' } };
  const eventingConfig = { features: { a: 'b' }, 'imc-event-dispatcher': { MaxIdleConnections: '10' } };
  expect(problems({ config, eventingConfig })).toEqual([]);
});

it.each([
  [{ config: { autoscalr: {} } }, 'knative.config.autoscalr', 'did you mean autoscaler?'],
  [{ config: { 'config-gc': {} } }, 'knative.config.config-gc', 'did you mean gc?'],
  [{ eventingConfig: { sugr: {} } }, 'knative.eventingConfig.sugr', 'did you mean sugar?'],
  [{ eventingConfig: { autoscaler: {} } }, 'knative.eventingConfig.autoscaler', /^there are br-default-channel/],
  [{ config: { network: { 'ingress-class': 'kourier' } } }, 'knative.config.network.ingress-class', 'leave it out'],
  [{ config: { domain: { 'a.example': '' } } }, 'knative.config.domain.a.example', 'set knative.domain: a.example'],
])('refuses %j', (knative, field, fix) => {
  expect(problems(knative)).toMatchObject([{ code: 'usage', field, fix: expect.stringMatching(fix) }]);
});

it('takes a domain for some functions, and refuses to forbid the runtime class that the sandbox needs', () => {
  expect(problems({ config: { domain: { 'a.example': 'selector:\n  app: a\n' } } })).toEqual([]);
  const config = { features: { 'kubernetes.podspec-runtimeclassname': 'disabled' } };
  expect(problems({ config })).toEqual([]);
  expect(problems({ config }, { sandbox: 'gvisor' })).toMatchObject([{ message: expect.stringContaining('gvisor') }]);
});
