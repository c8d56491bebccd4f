import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Experiment } from '@vhive/core/experiments/experiment-file';
import { catalogue, type Sandbox } from '@vhive/core/functions/catalogue';
import type { WantedFunction } from '@vhive/core/functions/deployment';
import { copyNames } from '@vhive/core/functions/function-names';
import { functionService, isFunction } from '@vhive/core/functions/function-service';
import { withSettings } from '@vhive/core/functions/function-settings';
import { readManifest } from '@vhive/core/functions/manifest-file';
import { type KubernetesObject, messageOf, VhiveError } from '@vhive/shared';

type Entry = Experiment['functions'][number];

/** What the functions of an experiment are made for. */
export interface ServiceContext {
  sandbox: Sandbox;
  /** The folder of the experiment file, from which paths of function files start. */
  folder: string;
  /** Whether functions may begin without a pod. */
  startAtZero: boolean;
}

/** A function of an experiment, and how many pods it keeps. */
export interface ExperimentFunction extends WantedFunction {
  minScale: number;
}

/** Makes the functions of an experiment. Throws `usage` where one is not known, or its file cannot be read. */
export async function experimentServices(
  { functions, namespace }: Experiment,
  context: ServiceContext,
): Promise<ExperimentFunction[]> {
  const made = await Promise.all(
    functions.map(async (entry, index) => {
      const service = await serviceOf(entry, context);
      return (entry.count === 1 ? [entry.name] : copyNames(entry.name, entry.count)).map((name) => ({
        service: settled(service, name, namespace, entry, context),
        endpoint: { eventing: false },
        where: `functions.${index}`,
        minScale: entry.minScale ?? 0,
      }));
    }),
  );
  return made.flat();
}

function settled(service: KubernetesObject, name: string, namespace: string, entry: Entry, context: ServiceContext) {
  const { env, minScale, maxScale, nodeSelector } = entry;
  const initialScale = context.startAtZero && (minScale ?? 0) === 0 ? 0 : undefined;
  const object = withSettings(service, { name, namespace }, { env, nodeSelector, minScale, maxScale, initialScale });
  return { ...object, metadata: { ...object.metadata, name, namespace } };
}

async function serviceOf({ name, file }: Entry, { sandbox, folder }: ServiceContext): Promise<KubernetesObject> {
  if (file === undefined) {
    const entry = catalogue.find((one) => one.name === name);
    if (entry !== undefined) return functionService(entry, { sandbox });
    throw new VhiveError({
      code: 'usage',
      message: `there is no function ${name}`,
      hint: `give its file, or take one of ${catalogue.map((one) => one.name).join(', ')}`,
    });
  }
  const path = resolve(folder, file);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new VhiveError({ code: 'usage', message: `${path} cannot be read: ${messageOf(cause)}`, cause });
  });
  const services = readManifest({ path, text }).filter(({ object }) => isFunction(object));
  const [first, another] = services;
  if (first === undefined || another !== undefined)
    throw new VhiveError({ code: 'usage', message: `${path} has ${services.length} Knative Services instead of one` });
  return first.object;
}
