import { megabytes } from '@vhive/base/megabytes';
import { resolveConfig } from '@vhive/core/cluster-file/index';
import { mirrorPlan } from '@vhive/core/plan/mirror-plan';
import { type ClusterFile, VhiveError } from '@vhive/shared';
import { askPublishers, type PublishersAnswer } from '../artifacts/mirror/ask-publishers.ts';
import { pullMirror } from '../artifacts/mirror/pull-mirror.ts';
import type { TreeFailure } from '../artifacts/mirror/pull-order.ts';

/** What a lab asks the publishers for. */
interface Order {
  /** The cluster files whose `up` must find everything in the mirror tree. */
  clusterFiles: readonly ClusterFile[];
  architecture: string;
  signal?: AbortSignal | undefined;
}

const configOf = (content: ClusterFile) =>
  resolveConfig({ file: { path: 'what the lab is made for', text: JSON.stringify(content) } });

const never = new AbortController().signal;

/** The publishers of the software, as a lab asks them: with the same pull as that of `mirror pull`. */
export const labPublishers = {
  async look({ clusterFiles, architecture, signal = never }: Order): Promise<PublishersAnswer> {
    const plans = clusterFiles.map((file) => mirrorPlan(configOf(file), architecture));
    return await askPublishers(plans, signal);
  },

  async pull(order: Order & { directory: string; log: (line: string) => void }): Promise<void> {
    const { clusterFiles, architecture, directory, log, signal = never } = order;
    const failed: TreeFailure[] = [];
    for (const file of clusterFiles) {
      const config = configOf(file);
      const plans = { [architecture]: mirrorPlan(config, architecture) };
      const result = await pullMirror(
        { config, plans, directory, machine: architecture, images: true, goModules: false },
        {
          ...{ signal, log },
          onItem: ({ title, bytes, changed }) => changed && log(`pulled ${title}: ${megabytes(bytes)}`),
          onFailure: ({ title, message }) => log(`cannot be had: ${title}: ${message}`),
        },
      );
      for (const what of result.leftOut) log(`not part of the lab's mirror tree: ${what}`);
      failed.push(...result.failed.filter(({ title }) => !failed.some((one) => one.title === title)));
    }
    if (failed.length > 0) throw incomplete(failed);
  },
};

function incomplete(failed: readonly TreeFailure[]): VhiveError {
  const lines = failed.map(
    ({ title, message, hint }) => `  ${title}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );
  return new VhiveError({
    code: 'step-failed',
    message: ["The lab's software could not be had whole from its publishers; all else is kept:", ...lines].join('\n'),
    hint: 'the same command goes on with what is missing; --source compile compiles the software instead',
  });
}
