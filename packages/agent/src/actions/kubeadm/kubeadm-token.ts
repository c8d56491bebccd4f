import pRetry from 'p-retry';
import type { Action } from '../kit/action.ts';
import { commandFailed, failed } from '../kit/failures.ts';
import { adminConf } from './paths.ts';
import { withoutTokens } from './without-tokens.ts';

/** The action `kubeadm.token`, whose contract says what it does. */
export const kubeadmToken: Action<'kubeadm.token'> = {
  async check({ alreadyJoined, forNode }, _context, applied) {
    if (alreadyJoined) return { converged: true, outputs: { token: null } };
    if (applied) return { converged: true, outputs: applied };
    return { converged: false, changes: [`a bootstrap token for ${forNode} is made`] };
  },

  async apply({ forNode, recipient, ttlMinutes }, context) {
    const { host, signal } = context;
    const result = await pRetry(
      async () => {
        // The output is not streamed into the log, because it is the secret.
        const made = await host.run(
          [
            'kubeadm',
            'token',
            'create',
            '--kubeconfig',
            adminConf,
            '--ttl',
            `${ttlMinutes}m`,
            '--description',
            `vhive join ${forNode}`,
          ],
          { signal },
        );
        if (made.exitCode === 0) return made;
        throw commandFailed(
          'kubeadm token create',
          { ...made, stdout: '', stderr: withoutTokens(made.stderr) },
          { hint: 'does the API server answer? kubectl get nodes' },
        );
      },
      { signal, retries: 4, minTimeout: 1_000, randomize: true },
    );
    const bootstrapToken = /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/.exec(result.stdout)?.[0];
    if (bootstrapToken === undefined) throw failed('kubeadm token create printed no bootstrap token');
    context.redact(bootstrapToken);
    return { token: context.seal(recipient, bootstrapToken) };
  },
};
