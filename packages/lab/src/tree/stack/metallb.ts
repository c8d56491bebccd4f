import {
  account,
  definition,
  namespace,
  type StackObject,
  service,
  webhookConfiguration,
  workload,
} from './objects.ts';

const NAMESPACE = 'metallb-system';
const WEBHOOK = { name: 'metallb-webhook-service', namespace: NAMESPACE };

/** Returns the objects that stand in for metallb-native.yaml. */
export function metallb(image: string): StackObject[] {
  const resources = ['ipaddresspools', 'l2advertisements'];
  return [
    namespace(NAMESPACE),
    definition('metallb.io', 'ipaddresspools', 'IPAddressPool', { versions: ['v1beta1'] }),
    definition('metallb.io', 'l2advertisements', 'L2Advertisement', { versions: ['v1beta1'] }),
    ...account('controller', NAMESPACE),
    workload(
      'Deployment',
      'controller',
      NAMESPACE,
      image,
      [
        { container: 'controller', args: ['load-balancer'] },
        {
          container: 'webhook',
          // As with MetalLB itself, the pod is ready before its webhook answers, so that what is applied then fails at
          // first.
          args: [
            'webhook',
            ...[`--host=${WEBHOOK.name}.${NAMESPACE}.svc`, '--validating=metallb-webhook-configuration'],
            ...['--port=9443', '--delay=6s'],
          ],
        },
      ],
      'controller',
    ),
    workload('DaemonSet', 'speaker', NAMESPACE, image, [{ container: 'speaker', args: ['idle'] }]),
    service(WEBHOOK.name, NAMESPACE, 'controller', 443, 9443),
    webhookConfiguration('ValidatingWebhookConfiguration', 'metallb-webhook-configuration', WEBHOOK, {
      apiGroups: ['metallb.io'],
      resources,
    }),
  ];
}
