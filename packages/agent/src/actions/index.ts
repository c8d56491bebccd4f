import type { AgentActionName } from '@vhive/shared';
import type { Action } from './action.ts';
import { aptPackages } from './apt-packages.ts';
import { artifactArchive } from './artifact-archive.ts';
import { artifactFile } from './artifact-file.ts';
import { artifactPublish } from './artifact-publish.ts';
import { command } from './command.ts';
import { file } from './file.ts';
import { functionSmokeTest } from './function-smoke-test.ts';
import { goBuild } from './go-build.ts';
import { hostsEntry } from './hosts-entry.ts';
import { image } from './image.ts';
import { inspectHost } from './inspect-host.ts';
import { kernelModules } from './kernel-modules.ts';
import { kubeadmInit } from './kubeadm-init.ts';
import { kubeadmJoin } from './kubeadm-join.ts';
import { kubeadmReset } from './kubeadm-reset.ts';
import { kubeadmToken } from './kubeadm-token.ts';
import { kubeletVerify } from './kubelet-verify.ts';
import { kubernetesApply } from './kubernetes-apply.ts';
import { kubernetesLabels } from './kubernetes-labels.ts';
import { kubernetesWait } from './kubernetes-wait.ts';
import { limits } from './limits.ts';
import { manifestRender } from './manifest-render.ts';
import { microvmBoot } from './microvm-boot.ts';
import { nftablesTable } from './nftables-table.ts';
import { noOp } from './no-op.ts';
import { preflightHost } from './preflight-host.ts';
import { preflightListen } from './preflight-listen.ts';
import { preflightReach } from './preflight-reach.ts';
import { routes } from './routes.ts';
import { secretFile } from './secret-file.ts';
import { secretSeal } from './secret-seal.ts';
import { swapOff } from './swap-off.ts';
import { sysctl } from './sysctl.ts';
import { sysfs } from './sysfs.ts';
import { systemdUnit } from './systemd-unit.ts';
import { thinPool } from './thin-pool.ts';

/** Every action of the contracts, as done on a host. An action without an implementation does not compile. */
export const actions: { [N in AgentActionName]: Action<N> } = {
  'apt.packages': aptPackages,
  'artifact.archive': artifactArchive,
  'artifact.file': artifactFile,
  'artifact.publish': artifactPublish,
  command,
  file,
  'function.smoke-test': functionSmokeTest,
  'go.build': goBuild,
  'hosts.entry': hostsEntry,
  image,
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
  'manifest.render': manifestRender,
  'nftables.table': nftablesTable,
  'microvm.boot': microvmBoot,
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
};

export { actions as actionTable };
