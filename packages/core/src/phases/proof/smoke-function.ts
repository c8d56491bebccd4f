import type { KubernetesObject } from '@vhive/shared';
import { helloworld } from '../../functions/catalogue.ts';
import { functionService } from '../../functions/function-service.ts';
import type { PhaseContext } from '../kit/context.ts';
import { smokeImages } from '../kit/smoke-images.ts';

/** Returns a function for the sandbox of this cluster. With firecracker vHive pulls the real image itself. */
export function smokeFunction(context: PhaseContext): KubernetesObject {
  const image = smokeImages(context).at(-1) ?? helloworld.image;
  return functionService(
    { ...helloworld, image },
    { sandbox: context.config.sandbox, name: 'vhive-smoke-test', namespace: 'default' },
  );
}
