import { expect, it } from 'vitest';
import { tellingOrder } from './telling-order.ts';

it('what follows from other reasons comes after them: the words of a Knative whose namespace has a quota', () => {
  const quota = 'Revision f-00001: ResourcesAvailable: FailedCreate, pods "f-x" is forbidden: exceeded quota: q';
  const others = [
    'ServerlessService f-00001: InternalError, failed to get private K8s Service endpoints: endpoints "x" not found',
    'Configuration f: LatestCreatedFailed, Latest created revision "f-00001" has failed',
    'Revision f-00001: ContainerHealthy: Deploying',
    'Deployment f-00001-deployment: Available: MinimumReplicasUnavailable, Deployment does not have minimum availability.',
    'Ready: RevisionMissing, Configuration "f" is waiting for a Revision to become ready.',
  ];
  const pod = 'pod here/f-x (on n2): user-container: CrashLoopBackOff';
  expect(tellingOrder([...others, quota])).toEqual([quota, ...others]);
  expect(tellingOrder([pod, ...others, quota])).toEqual([pod, quota, ...others]);
  expect(tellingOrder([])).toEqual([]);
});
