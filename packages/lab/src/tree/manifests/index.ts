import type { Compiled } from '../compiled.ts';
import { covers, type LabStack } from '../stack-choice.ts';
import { netIstioManifest } from '../stand-ins/net-istio.ts';
import type { MirrorVersions } from '../versions.ts';
import { eventingManifests, servingManifests } from './knative.ts';
import { metallbManifest } from './metallb.ts';
import { metricsServerManifest } from './metrics-server.ts';
import type { PublishedManifest } from './published-manifest.ts';

/** Makes the manifests of a stack, from the source of the modules that its programs were compiled from. */
export async function stackManifests(
  stack: LabStack,
  versions: MirrorVersions,
  moduleFolder: Compiled['moduleFolder'],
): Promise<PublishedManifest[]> {
  return [
    ...(covers(stack, 'serving')
      ? [
          await metallbManifest(versions, moduleFolder),
          ...(await servingManifests(versions, moduleFolder)),
          netIstioManifest(),
        ]
      : []),
    ...(covers(stack, 'full')
      ? [...(await eventingManifests(versions, moduleFolder)), await metricsServerManifest(versions, moduleFolder)]
      : []),
  ];
}
