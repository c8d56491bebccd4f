import type { Finding } from '@vhive/shared';
import { atLeast } from '../../versions/resolve.ts';
import type { PhaseContext } from '../kit/context.ts';
import { pushedSmokeImage, type SmokeContext, smokeImages } from '../kit/smoke-images.ts';

/**
 * The first Kubernetes whose kubelet asks the runtime for its configuration and takes no refusal, which vHive's CRI
 * (cri-api 0.27) answers with one: KEP-4033, Kubelet discover cgroup driver from CRI.
 */
const FIRST_WITH_RUNTIME_CONFIG = '1.38.0';

/** Warns of what may not go well with microVMs, although nothing speaks against trying. */
export function microVmFindings(context: SmokeContext & Pick<PhaseContext, 'versions'>): Finding[] {
  const { config, features, versions, mirror } = context;
  if (!features.microVms) return [];
  const findings: Finding[] = [];
  if (atLeast(versions.kubernetes, FIRST_WITH_RUNTIME_CONFIG))
    findings.push({
      check: 'kubernetes and vhive',
      level: 'warning',
      message: `the kubelet of Kubernetes ${versions.kubernetes} asks its runtime for RuntimeConfig, which vHive's CRI does not know`,
      hint: 'versions.kubernetes below 1.38 is known to go with vHive',
    });
  if (features.legacyVhive)
    findings.push({
      check: 'kernel of microVMs',
      level: 'warning',
      message:
        'the kernel of vHive’s legacy generation comes from a bucket without a checksum: only vhive.lock guards it',
      hint: 'keep vhive.lock with the cluster file, or compare its sha256 with that of a cluster you trust',
    });
  const [, guest] = smokeImages(context);
  if (mirror && features.smokeFunction && config.ready.image === undefined && pushedSmokeImage(context) === undefined)
    findings.push({
      check: 'image of the test function',
      level: 'warning',
      message: `vHive pulls ${guest} from its image registry, past the mirror tree: without the internet the test function will not start`,
      hint: config.registry.local
        ? 'pull the tree with images (vhive-coord mirror pull): with the image in it, it is put into the image registry of the cluster; or set ready.image, or --no-smoke-test'
        : 'set registry.local: true, or ready.image to one in a registry that the nodes reach (HTTPS, or plain HTTP under a name that ends in .local), or --no-smoke-test',
    });
  return findings;
}
