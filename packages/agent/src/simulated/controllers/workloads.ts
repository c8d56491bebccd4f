import { type Controller, met, part, unmet, withStatus } from './controller.ts';
import { stuckAs } from './stuck-pods.ts';

/** The simulation makes no pods. The status of a workload says at once that all its pods are there. */
const replicasOf = (object: object) => Number(part(object, 'spec').replicas ?? 1);
const generationOf = (object: object) => Number(part(object, 'metadata').generation ?? 1);

/** All pods of a Deployment are available, unless it is stuck. */
export const deployment: Controller = async (object, applied) => {
  const replicas = replicasOf(object);
  if (await stuckAs(object, applied))
    return withStatus(object, {
      ...{
        observedGeneration: generationOf(object),
        replicas,
        updatedReplicas: replicas,
        unavailableReplicas: replicas,
      },
      conditions: [unmet('Available', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.')],
    });
  return withStatus(object, {
    observedGeneration: generationOf(object),
    replicas,
    updatedReplicas: replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
    conditions: met('Available', 'Progressing'),
  });
};

/** All pods of a StatefulSet are ready. */
export const statefulSet: Controller = (object) => {
  const replicas = replicasOf(object);
  return withStatus(object, {
    observedGeneration: generationOf(object),
    replicas,
    currentReplicas: replicas,
    updatedReplicas: replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
  });
};

/** A DaemonSet has one ready pod on every node, or none while it is stuck. */
export const daemonSet: Controller = async (object, applied) => {
  const nodes = (await applied.ofKind('Node')).length;
  const ready = (await stuckAs(object, applied)) ? 0 : nodes;
  return withStatus(object, {
    observedGeneration: generationOf(object),
    desiredNumberScheduled: nodes,
    currentNumberScheduled: nodes,
    updatedNumberScheduled: nodes,
    numberReady: ready,
    numberAvailable: ready,
    numberMisscheduled: 0,
  });
};

/** The only pod of a Job has succeeded. */
export const job: Controller = (object) => withStatus(object, { succeeded: 1, conditions: met('Complete') });
