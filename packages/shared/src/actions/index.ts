import type * as z from 'zod';
import { artifactArchive, artifactFetch, artifactFile, artifactPublish, imageFetch } from './artifacts.ts';
import type { ActionContract } from './define.ts';
import { file, kernelModules, limits, swapOff, sysctl, sysfs, systemdUnit } from './host.ts';
import { image, imageOptimize, imagePublish, imagePull, imagePush } from './images.ts';
import { inspectHost } from './inspect.ts';
import {
  functionSmokeTest,
  kubeadmInit,
  kubeadmJoin,
  kubeadmReset,
  kubeadmToken,
  kubeletVerify,
  kubernetesApply,
  kubernetesLabels,
  kubernetesWait,
  manifestRender,
  routes,
} from './kubernetes.ts';
import { loadBegin, loadPrepare, loadSend } from './load.ts';
import { goBuild, microvmBoot, thinPool } from './microvm.ts';
import { hostsEntry, nftablesTable } from './network.ts';
import { noOp } from './no-op.ts';
import { aptPackages } from './packages.ts';
import { preflightCluster, preflightHost, preflightListen, preflightReach } from './preflight.ts';
import { secretFile, secretSeal } from './secrets.ts';
import { artifactLocal, vhiveTree } from './vhive-tree.ts';

/** Everything that an agent can do, as contracts by name. The union of tasks and the agent's table derive from it. */
export const agentActions = {
  'apt.packages': aptPackages,
  'artifact.archive': artifactArchive,
  'artifact.file': artifactFile,
  'artifact.publish': artifactPublish,
  file,
  'function.smoke-test': functionSmokeTest,
  'go.build': goBuild,
  'hosts.entry': hostsEntry,
  image,
  'image.optimize': imageOptimize,
  'image.publish': imagePublish,
  'image.pull': imagePull,
  'image.push': imagePush,
  'inspect.host': inspectHost,
  'kernel.modules': kernelModules,
  'kubeadm.init': kubeadmInit,
  'kubeadm.join': kubeadmJoin,
  'kubeadm.reset': kubeadmReset,
  'kubeadm.token': kubeadmToken,
  'kubelet.verify': kubeletVerify,
  'kubernetes.apply': kubernetesApply,
  'kubernetes.labels': kubernetesLabels,
  'kubernetes.wait': kubernetesWait,
  limits,
  'load.prepare': loadPrepare,
  'load.send': loadSend,
  'manifest.render': manifestRender,
  'microvm.boot': microvmBoot,
  'nftables.table': nftablesTable,
  'no-op': noOp,
  'preflight.host': preflightHost,
  'preflight.listen': preflightListen,
  'preflight.reach': preflightReach,
  routes,
  'secret.file': secretFile,
  'secret.seal': secretSeal,
  'swap.off': swapOff,
  sysctl,
  sysfs,
  'systemd.unit': systemdUnit,
  'thin-pool': thinPool,
} satisfies Record<string, ActionContract>;

/** The actions that the coordinator itself carries out within a run. */
export const coordinatorActions = {
  'artifact.fetch': artifactFetch,
  'artifact.local': artifactLocal,
  'image.fetch': imageFetch,
  'load.begin': loadBegin,
  'preflight.cluster': preflightCluster,
  'vhive.tree': vhiveTree,
} satisfies Record<string, ActionContract>;

/** All actions, those of agents and those of the coordinator. */
export const actions = { ...agentActions, ...coordinatorActions };

/** The name of an action that an agent can do. */
export type AgentActionName = keyof typeof agentActions;
/** The name of an action that the coordinator itself carries out. */
export type CoordinatorActionName = keyof typeof coordinatorActions;
/** The name of any action. */
export type ActionName = keyof typeof actions;
/** The params of an action as one writes them, with defaults left out or not. */
export type ParamsIn<N extends ActionName> = z.input<(typeof actions)[N]['params']>;
/** The params of an action after validation, with all defaults filled in. */
export type Params<N extends ActionName> = z.output<(typeof actions)[N]['params']>;
/** The outputs of an action. */
export type Outputs<N extends ActionName> = z.output<(typeof actions)[N]['outputs']>;

export * from './define.ts';
export * from './fields.ts';
export * from './manifest-patch.ts';
export { type Finding, finding, type HostFinding, hostChecks } from './preflight.ts';
