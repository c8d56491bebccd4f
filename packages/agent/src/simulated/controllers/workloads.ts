import { type Controller, met, part, withStatus } from './controller.ts';

/** Every pod wanted is there at once: none is ever made. */
const replicasOf = (object: object) => Number(part(object, 'spec').replicas ?? 1);
const generationOf = (object: object) => Number(part(object, 'metadata').generation ?? 1);

/** All its pods are available. */
export const deployment: Controller = (object) => {
  const replicas = replicasOf(object);
  return withStatus(object, {
    observedGeneration: generationOf(object),
    replicas,
    updatedReplicas: replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
    conditions: met('Available', 'Progressing'),
  });
};

/** All its pods are ready. */
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

/** One pod on every node. */
export const daemonSet: Controller = async (object, applied) => {
  const nodes = (await applied.ofKind('Node')).length;
  return withStatus(object, {
    observedGeneration: generationOf(object),
    desiredNumberScheduled: nodes,
    currentNumberScheduled: nodes,
    updatedNumberScheduled: nodes,
    numberReady: nodes,
    numberAvailable: nodes,
    numberMisscheduled: 0,
  });
};

/** Its only pod has succeeded. */
export const job: Controller = (object) => withStatus(object, { succeeded: 1, conditions: met('Complete') });
