import { expect, it } from 'vitest';
import { withoutAggregatedRules } from './aggregated-rules.ts';

const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'a' } };
const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { a: 'true' } }] };
const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];

it('leaves the rules of aggregated roles to Kubernetes, and all others as they are', () => {
  expect(withoutAggregatedRules({ ...role, aggregationRule, rules: [] })).toEqual({ ...role, aggregationRule });
  expect(withoutAggregatedRules({ ...role, rules })).toEqual({ ...role, rules });
  expect(withoutAggregatedRules({ ...role, kind: 'Other', aggregationRule, rules })).toHaveProperty('rules');
});
