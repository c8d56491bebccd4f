import pRetry from 'p-retry';
import type { Action } from '../kit/action.ts';
import { commandFailed, failed } from '../kit/failures.ts';
import { adminConf } from './paths.ts';
import { withoutTokens } from './run-kubeadm.ts';

/** `kubeadm.token` */
export const kubeadmToken: Action<'kubeadm.token'> = {
  async check({ alreadyJoined, forNode }, _context, applied) {
    if (alreadyJoined) return { converged: true, outputs: { token: null } };
    if (applied) return { converged: true, outputs: applied };
    return { converged: false, changes: [`a join token for ${forNode} is minted`] };
  },

  async apply({ forNode, recipient, ttlMinutes }, context) {
    const { host, signal } = context;
    const result = await pRetry(
      async () => {
        // Not streamed: the output is the secret.
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
    const token = /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/.exec(result.stdout)?.[0];
    if (token === undefined) throw failed('kubeadm token create printed no token');
    context.redact(token);
    return { token: context.seal(recipient, token) };
  },
};
