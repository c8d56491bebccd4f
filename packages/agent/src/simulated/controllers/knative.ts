import { type Controller, met, part, unmet, withStatus } from './controller.ts';
import { stuckAs } from './stuck-pods.ts';

/** The domain in which Knative puts functions as long as nobody has named another one. */
const DEFAULT_DOMAIN = 'svc.cluster.local';

/**
 * A Service of Knative (not one of Kubernetes) is Ready once Knative's controller is deployed, because nothing else
 * could notice the Service, unless it is to be stuck.
 */
export const knativeService: Controller = async (object, applied) => {
  const deployments = await applied.ofKind('Deployment', 'apps');
  const running = deployments.some(
    ({ metadata }) => metadata.namespace === 'knative-serving' && metadata.name === 'controller',
  );
  if (!running) return object;
  if (await stuckAs(object, applied))
    return withStatus(object, {
      conditions: [unmet('Ready', 'RevisionMissing', 'Configuration is waiting for a Revision to become ready.')],
    });
  const maps = await applied.ofKind('ConfigMap');
  const domains = maps.find(
    ({ metadata }) => metadata.namespace === 'knative-serving' && metadata.name === 'config-domain',
  );
  const named = Object.keys(part(domains ?? {}, 'data')).find((key) => !key.startsWith('_'));
  const { name, namespace = 'default' } = object.metadata;
  return withStatus(object, {
    url: `http://${name}.${namespace}.${named ?? DEFAULT_DOMAIN}`,
    conditions: met('ConfigurationsReady', 'RoutesReady', 'Ready'),
  });
};
