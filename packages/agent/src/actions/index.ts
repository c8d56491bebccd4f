import type { AgentActionName } from '@vhive/shared';
import { artifactArchive } from './artifacts/artifact-archive.ts';
import { artifactFile } from './artifacts/artifact-file.ts';
import { artifactPublish } from './artifacts/artifact-publish.ts';
import { file } from './files/file.ts';
import { hostsEntry } from './files/hosts-entry.ts';
import { functionSmokeTest } from './function/function-smoke-test.ts';
import { goBuild } from './go/go-build.ts';
import { image } from './images/image.ts';
import { imageOptimize } from './images/image-optimize.ts';
import { imagePublish } from './images/image-publish.ts';
import { imagePull } from './images/image-pull.ts';
import { imagePush } from './images/image-push.ts';
import { inspectHost } from './inspect/inspect-host.ts';
import { kernelModules } from './kernel/kernel-modules.ts';
import { swapOff } from './kernel/swap-off.ts';
import { sysctl } from './kernel/sysctl.ts';
import { sysfs } from './kernel/sysfs.ts';
import type { Action } from './kit/action.ts';
import { limits } from './kit/limits.ts';
import { kubeadmInit } from './kubeadm/kubeadm-init.ts';
import { kubeadmJoin } from './kubeadm/kubeadm-join.ts';
import { kubeadmReset } from './kubeadm/kubeadm-reset.ts';
import { kubeadmToken } from './kubeadm/kubeadm-token.ts';
import { kubeletVerify } from './kubeadm/kubelet-verify.ts';
import { kubernetesApply } from './kubernetes/apply/kubernetes-apply.ts';
import { kubernetesLabels } from './kubernetes/kubernetes-labels.ts';
import { manifestRender } from './kubernetes/manifest-render.ts';
import { kubernetesWait } from './kubernetes/wait/kubernetes-wait.ts';
import { loadPrepare } from './load/load-prepare.ts';
import { loadSend } from './load/load-send.ts';
import { microvmBoot } from './microvm/microvm-boot.ts';
import { nftablesTable } from './network/nftables-table.ts';
import { routes } from './network/routes.ts';
import { noOp } from './no-op.ts';
import { aptPackages } from './packages/apt-packages.ts';
import { preflightHost } from './preflight/preflight-host.ts';
import { preflightListen } from './preflight/preflight-listen.ts';
import { preflightReach } from './preflight/preflight-reach.ts';
import { secretFile } from './secrets/secret-file.ts';
import { secretSeal } from './secrets/secret-seal.ts';
import { systemdUnit } from './systemd/systemd-unit.ts';
import { thinPool } from './thin-pool/thin-pool.ts';

/** The implementation of every action that the contracts name. An action without an implementation does not compile. */
export const actions: { [N in AgentActionName]: Action<N> } = {
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
