import type { KubernetesObject } from '@vhive/shared';
import { AUTOSCALING } from './catalogue.ts';

/** What is asked of functions beside what their files say. */
export interface FunctionSettings {
  /** Variables of the container that serves calls, by name; they win over those of the file. */
  env?: Readonly<Record<string, string>>;
  /** Pods run only on nodes with these labels; they win over those of the file. */
  nodeSelector?: Readonly<Record<string, string>>;
  /** Numbers of pods. */
  minScale?: number | undefined;
  maxScale?: number | undefined;
  initialScale?: number | undefined;
  /** How many calls at a time a pod is to have before there is another one. */
  concurrencyTarget?: number | undefined;
  /** The same where the file says nothing. */
  defaultConcurrencyTarget?: number | undefined;
}

interface Container {
  ports?: unknown;
  env?: { name: string }[];
}
interface ServiceSpec {
  template?: {
    metadata?: { name?: string; annotations?: Record<string, string> };
    spec?: { containers?: Container[]; nodeSelector?: Record<string, string> };
  };
}

const TARGET = `${AUTOSCALING}/target`;

/**
 * Returns a function under a name and in a namespace, with what is asked of it. A revision that the file names is named
 * after the function's old name, so it keeps that name only if the function does.
 */
export function withSettings(
  service: KubernetesObject,
  { name, namespace }: { name: string; namespace: string },
  settings: FunctionSettings,
): KubernetesObject {
  const { template = {}, ...spec } = (service as { spec?: ServiceSpec }).spec ?? {};
  const { name: revision, annotations: written = {}, ...templateMetadata } = template.metadata ?? {};
  const annotations = { ...written, ...scaling(settings, written) };
  const metadata = {
    ...templateMetadata,
    ...(revision !== undefined && name === service.metadata.name ? { name: revision } : {}),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
  const nodeSelector = { ...template.spec?.nodeSelector, ...settings.nodeSelector };
  const containers = withEnv(template.spec?.containers ?? [], settings.env ?? {});
  return {
    ...service,
    metadata: { ...service.metadata, name, namespace },
    spec: {
      ...spec,
      template: {
        ...template,
        ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
        spec: { ...template.spec, containers, ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector }) },
      },
    },
  };
}

function scaling(settings: FunctionSettings, written: Readonly<Record<string, string>>): Record<string, string> {
  const target =
    settings.concurrencyTarget ?? (written[TARGET] === undefined ? settings.defaultConcurrencyTarget : undefined);
  const wanted = {
    [`${AUTOSCALING}/min-scale`]: settings.minScale,
    [`${AUTOSCALING}/max-scale`]: settings.maxScale,
    [`${AUTOSCALING}/initial-scale`]: settings.initialScale,
    [TARGET]: target,
  };
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
  );
}

/** Sets variables of the container that serves calls: of several it is the one with a port. */
function withEnv(containers: readonly Container[], env: Readonly<Record<string, string>>): Container[] {
  if (Object.keys(env).length === 0) return [...containers];
  const serving = Math.max(
    0,
    containers.findIndex(({ ports }) => Array.isArray(ports) && ports.length > 0),
  );
  const added = Object.entries(env).map(([name, value]) => ({ name, value }));
  return containers.map((container, index) => {
    if (index !== serving) return container;
    const kept = (container.env ?? []).filter(({ name }) => !Object.hasOwn(env, name));
    return { ...container, env: [...kept, ...added] };
  });
}
