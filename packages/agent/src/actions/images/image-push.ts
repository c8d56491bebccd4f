import { parseImageReference } from '@vhive/shared';
import type { Action, ActionContext } from '../kit/action.ts';
import { commandFailed, failed } from '../kit/failures.ts';
import { digestIn, digestOf } from './ctr.ts';

const KUBERNETES = 'k8s.io';

/** The forms of a manifest that a registry may answer with. Without them it would translate to the oldest one. */
const manifests = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
];

/** Returns the digest that a registry says an image has; undefined where it has none or does not answer. */
async function digestThere(target: string, { host, signal }: ActionContext): Promise<string | undefined> {
  const { registry, repository, tag = 'latest' } = parseImageReference(target);
  const accept = manifests.flatMap((type) => ['--header', `Accept: ${type}`]);
  const url = `http://${registry}/v2/${repository}/manifests/${tag}`;
  const result = await host.run(
    ['curl', '--silent', '--fail', '--head', '--noproxy', '*', '--max-time', '20', ...accept, url],
    { signal },
  );
  const line = result.stdout.split('\n').find((text) => /^docker-content-digest:/i.test(text));
  return result.exitCode === 0 ? digestIn(line ?? '') : undefined;
}

/** The action `image.push`, whose contract says what it does. */
export const imagePush: Action<'image.push'> = {
  async check({ ref, target }, context) {
    const own = await digestOf(ref, KUBERNETES, context);
    const there = await digestThere(target, context);
    if (there !== undefined && (own === undefined || own === there)) return { converged: true, outputs: {} };
    return { converged: false, changes: [`image ${target}: is pushed`] };
  },

  async apply({ ref, target }, context) {
    const { host, streamed } = context;
    if ((await digestOf(ref, KUBERNETES, context)) === undefined)
      throw failed(`containerd has no ${ref}, so it cannot be pushed`, {
        hint: `ctr -n k8s.io images ls name==${ref}`,
      });
    context.progress(`pushing ${target}`);
    const result = await host.run(['ctr', '-n', KUBERNETES, 'images', 'push', '--plain-http', target, ref], streamed);
    if (result.exitCode !== 0)
      throw commandFailed(`pushing ${ref} as ${target}`, result, {
        hint: `does the registry answer? curl http://${parseImageReference(target).registry}/v2/_catalog`,
      });
    return undefined;
  },
};
