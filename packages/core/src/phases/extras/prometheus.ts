import type { Task } from '@vhive/shared';
import { PREFLIGHT_PASSED } from '../host/preflight.ts';
import { artifactOf, artifactStep } from '../kit/artifacts.ts';
import { applyObjects, clusterStep, deploymentAvailable, namespaceObject, WAITING } from '../kit/cluster-step.ts';
import type { PhaseContext } from '../kit/context.ts';
import { applyRendered, MANIFESTS } from '../kit/manifests.ts';
import type { Phase } from '../kit/phase.ts';
import { clusterStepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { controlPlaneStep } from '../kubernetes/control-plane.ts';
import { NODES_SETTLED } from '../kubernetes/nodes-ready.ts';

const PHASE = 'prometheus';
const manifestStep = (context: PhaseContext) => clusterStepId(context, 'prometheus-manifest');
const applyStep = (context: PhaseContext) => clusterStepId(context, 'prometheus-apply');
const NAMESPACE = 'monitoring';
const RELEASE = 'kube-prometheus-stack';
const CHART = `${MANIFESTS}/${RELEASE}.tgz`;
const VALUES = `${MANIFESTS}/${RELEASE}-values.yaml`;
const MANIFEST = `${MANIFESTS}/${RELEASE}.yaml`;

/** The step after which Prometheus is set up. */
const prometheusStep = (context: PhaseContext) => clusterStepId(context, PHASE);

/** The phase sets up kube-prometheus-stack. helm prints the manifest of its chart, which is applied like all others. */
export const prometheus: Phase = {
  name: PHASE,
  title: 'Prometheus',
  description:
    'Sets up kube-prometheus-stack in the namespace monitoring with values of the cluster file, where asked for',
  realness: {
    lab: 'untested',
    note: 'Neither helm’s release nor the chart can be had in the lab.',
    byHand: ['kubectl get pods -n monitoring'],
  },
  assumedSeconds: 60,
  enabled: ({ config }) => config.extras.prometheus.enabled,
  components: { helm: 'control-plane', prometheusStack: 'control-plane' },
  manifests: ['kube-prometheus-stack'],
  lastSteps: (context) => [prometheusStep(context)],
  steps(context) {
    const { versions, controlPlane } = context;
    return [
      clusterStep(context, PHASE, manifestStep(context), {
        title: 'manifest of kube-prometheus-stack',
        needs: [PREFLIGHT_PASSED, artifactStep('helm', controlPlane), artifactStep(RELEASE, controlPlane)],
        tasks: render(context),
      }),
      clusterStep(context, PHASE, applyStep(context), {
        title: 'kube-prometheus-stack',
        needs: [manifestStep(context), controlPlaneStep(context)],
        tasks: [
          applyObjects('namespace', `namespace ${NAMESPACE}`, [namespaceObject(NAMESPACE)]),
          applyRendered(context, RELEASE, `kube-prometheus-stack ${versions.prometheusStack}`, MANIFEST),
        ],
      }),
      clusterStep(context, PHASE, prometheusStep(context), {
        title: 'Prometheus’ operator runs',
        needs: [applyStep(context), NODES_SETTLED],
        tasks: [deploymentAvailable(NAMESPACE, `${RELEASE}-operator`)],
        policy: WAITING,
      }),
    ];
  },
};

/**
 * The arguments that leave out what only helm's own installation can do. The operator's webhooks are part of that,
 * because they get their certificates from Jobs that only helm runs.
 */
const withoutHelm = [
  '--no-hooks',
  ...['admissionWebhooks', 'tls'].flatMap((part) => ['--set', `prometheusOperator.${part}.enabled=false`]),
];

function render({ config, versions, controlPlane }: PhaseContext): Task[] {
  const chart = artifactOf(RELEASE, controlPlane);
  return [
    task('helm', `helm ${versions.helm}`, 'artifact.archive', {
      artifact: artifactOf('helm', controlPlane),
      directory: '/usr/local/bin',
      strip: 1,
      only: [`linux-${controlPlane.facts.arch}/helm`],
    }),
    task('chart', `chart kube-prometheus-stack ${versions.prometheusStack}`, 'artifact.file', {
      artifact: chart,
      path: CHART,
      mode: '0644',
    }),
    task('manifest', 'manifest of kube-prometheus-stack', 'manifest.render', {
      argv: [
        ...['/usr/local/bin/helm', 'template', RELEASE, CHART, '--namespace', NAMESPACE, '--include-crds'],
        ...['--kube-version', versions.kubernetes, '--values', VALUES, ...withoutHelm],
      ],
      // JSON is valid YAML.
      input: { path: VALUES, content: `${JSON.stringify(config.extras.prometheus.values, null, 2)}\n` },
      inputs: [artifactOf('helm', controlPlane), chart],
      path: MANIFEST,
    }),
  ];
}
