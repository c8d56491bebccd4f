import type { z } from 'zod';
import { artifactArchive, artifactFetch, artifactFile, image } from './artifacts.ts';
import type { ActionContract } from './define.ts';
import { command, file, kernelModules, limits, swapOff, sysctl, systemdUnit } from './host.ts';
import {
  kubeadmInit,
  kubeadmJoin,
  kubeadmReset,
  kubeadmToken,
  kubeletVerify,
  kubernetesApply,
  kubernetesWait,
  routes,
} from './kubernetes.ts';
import { noOp } from './no-op.ts';
import { aptPackages } from './packages.ts';
import { preflightCluster, preflightHost, preflightListen, preflightReach } from './preflight.ts';

/** Everything an agent can do: name to contract. The union of tasks and the agent's table derive from it. */
export const agentActions = {
  'apt.packages': aptPackages,
  'artifact.archive': artifactArchive,
  'artifact.file': artifactFile,
  command,
  file,
  image,
  'kernel.modules': kernelModules,
  'kubeadm.init': kubeadmInit,
  'kubeadm.join': kubeadmJoin,
  'kubeadm.reset': kubeadmReset,
  'kubeadm.token': kubeadmToken,
  'kubelet.verify': kubeletVerify,
  'kubernetes.apply': kubernetesApply,
  'kubernetes.wait': kubernetesWait,
  limits,
  'no-op': noOp,
  'preflight.host': preflightHost,
  'preflight.listen': preflightListen,
  'preflight.reach': preflightReach,
  routes,
  'swap.off': swapOff,
  sysctl,
  'systemd.unit': systemdUnit,
} satisfies Record<string, ActionContract>;

/** What the coordinator does itself within a run. */
export const coordinatorActions = {
  'artifact.fetch': artifactFetch,
  'preflight.cluster': preflightCluster,
} satisfies Record<string, ActionContract>;

/** All actions. */
export const actions = { ...agentActions, ...coordinatorActions };

/** Name of an action an agent can do. */
export type AgentActionName = keyof typeof agentActions;
/** Name of an action the coordinator does itself. */
export type CoordinatorActionName = keyof typeof coordinatorActions;
/** Name of any action. */
export type ActionName = keyof typeof actions;
/** Params of an action as one writes them (defaults may be left out). */
export type ParamsIn<N extends ActionName> = z.input<(typeof actions)[N]['params']>;
/** Params of an action after validation. */
export type Params<N extends ActionName> = z.output<(typeof actions)[N]['params']>;
/** Outputs of an action. */
export type Outputs<N extends ActionName> = z.output<(typeof actions)[N]['outputs']>;

export * from './define.ts';
export * from './fields.ts';
export type { Finding } from './preflight.ts';
