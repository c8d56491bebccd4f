import type { Plan } from '@vhive/shared';
import { tasksOf } from './manifests-of-plan.ts';

/** An object of a cluster, in the form in which a wait or a test names it. */
export interface NamedObject {
  kind: string;
  namespace: string | undefined;
  name: string;
}

/** The target of a `kubernetes.wait`, as far as it names objects. */
interface WaitTarget {
  type: string;
  namespace?: string;
  kind?: string;
  name: string;
  validating?: string[];
  mutating?: string[];
}

/** Returns the objects of manifests for which a plan waits, in the plan's order. */
export function waitedFor(plan: Plan): NamedObject[] {
  return tasksOf(plan, 'kubernetes.wait').flatMap(({ task }) => {
    const target = task.params.for as WaitTarget;
    const one = (kind: string): NamedObject[] => [{ kind, namespace: target.namespace, name: target.name }];
    if (target.type === 'deployment-available') return one('Deployment');
    if (target.type === 'service-cluster-ip' || target.type === 'service-address') return one('Service');
    if (target.type === 'condition' && target.kind === 'APIService') return one('APIService');
    if (target.type === 'webhooks-ready') return webhooks(target);
    return [];
  });
}

function webhooks({ validating = [], mutating = [] }: WaitTarget): NamedObject[] {
  const all = (kind: string, names: string[]) => names.map((name) => ({ kind, namespace: undefined, name }));
  return [...all('ValidatingWebhookConfiguration', validating), ...all('MutatingWebhookConfiguration', mutating)];
}
