import { type OutputRef, output, type Step, type Task } from '@vhive/shared';
import { shortVersion } from '../../versions/resolve.ts';
import { systemStep } from '../host/system.ts';
import { artifactOf, artifactStep, optionalArtifactOf } from '../kit/artifacts.ts';
import { buildNode, type PhaseContext, type PlanNode } from '../kit/context.ts';
import { nodeStep, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { usesCredentials } from '../kit/vhive-flags.ts';
import { vhiveTitle } from '../kit/vhive-tree.ts';
import { credentialsOverlay } from './vhive-credentials.ts';

/** The folder of the build. It is not among our own programs, which an upgrade replaces as a whole. */
const ROOT = '/opt/vhive';
const BINARY = `${ROOT}/build/vhive`;
/** The compilers (vHive's page-fault handler is written in C) and the programs with which Go fetches modules. */
const packages = ['gcc', 'g++', 'libc6-dev', 'make', 'git', 'ca-certificates'];

/** The step that compiles vHive, once for all nodes. */
export const buildStep = (context: PhaseContext) => stepId('vhive-build', buildNode(context).name);

/** Returns a reference to the compiled vHive in the coordinator's store. */
export const builtVhive = (context: PhaseContext): OutputRef => output(buildStep(context), 'publish', 'artifact');

/**
 * Returns a folder for one archive, by its digest: an archive that is unpacked over another would leave files of both,
 * and a branch or a checkout has the same name after a change.
 */
const directoryOf = (file: 'go' | 'vhive-source', node: PlanNode): OutputRef =>
  output(artifactStep(file, node), 'fetch', 'artifact', { entry: 'sha256', within: `${ROOT}/${file}-{value}` });

/**
 * Makes the step that compiles vHive, which happens beside everything else on its node while the other nodes are
 * prepared.
 */
export function buildVhive(context: PhaseContext): Step {
  const node = buildNode(context);
  const { versions, mirror } = context;
  const files = ['go', 'vhive-source', ...(mirror ? (['vhive-modules'] as const) : [])] as const;
  const [goArchive, source] = [artifactOf('go', node), artifactOf('vhive-source', node)];
  const title = vhiveTitle(context);
  const [go, tree] = [directoryOf('go', node), directoryOf('vhive-source', node)];
  const modules = mirror ? `${ROOT}/modules-${versions.vhiveSource.replaceAll(/[^A-Za-z0-9._-]/g, '-')}` : null;
  return nodeStep(context, 'vhive', node, {
    id: buildStep(context),
    title: 'build of vHive',
    needs: [systemStep(node), ...files.map((file) => artifactStep(file, node))],
    tasks: [
      task('compilers', packages.join(', '), 'apt.packages', { packages }),
      unpack('go', `Go below ${ROOT}`, goArchive, go, 1),
      unpack('source', `source of ${title} below ${ROOT}`, source, tree, 1),
      ...(modules === null
        ? []
        : [
            unpack(
              'modules',
              'the modules of vHive, if the mirror tree has them',
              optionalArtifactOf('vhive-modules', node),
              modules,
              0,
            ),
          ]),
      task('build', `${title} is compiled`, 'go.build', {
        go,
        directory: tree,
        output: BINARY,
        modules,
        overlay: usesCredentials(context) ? credentialsOverlay : {},
        inputs: [source, goArchive],
      }),
      task('publish', 'the compiled vHive is published for the other nodes', 'artifact.publish', {
        path: BINARY,
        name: `vhive ${shortVersion(versions.vhiveSource)}`,
      }),
    ],
  });
}

const unpack = (id: string, title: string, artifact: OutputRef, directory: string | OutputRef, strip: number): Task =>
  task(id, title, 'artifact.archive', { artifact, directory, strip });
