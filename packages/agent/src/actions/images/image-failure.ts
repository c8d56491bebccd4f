import { parseImageReference } from '@vhive/shared';
import type { ActionError } from '../kit/action.ts';
import { commandFailed, failed, failedForGood } from '../kit/failures.ts';
import type { CtrResult } from './ctr.ts';

/** What was to be done with which image when a command failed. */
interface Attempted {
  verb: 'pull' | 'push' | 'optimize';
  ref: string;
  /** Whether credentials were given. */
  known?: boolean;
}

/** Makes the failure of ctr or ctr-remote: the cause in words, and what to do about it. */
export function imageFailure({ verb, ref, known = false }: Attempted, { exitCode, said }: CtrResult): ActionError {
  const { registry } = parseImageReference(ref);
  const lastLines = said.slice(-20);
  const text = lastLines.join('\n');
  const what = { pull: `pulling ${ref}`, push: `pushing ${ref}`, optimize: `making ${ref} an eStargz image` }[verb];
  if (/no space left on device/i.test(text))
    return failed(`${what}: no space is left on the disk of containerd`, {
      hint: 'df -h /var/lib/containerd; images that were prepared before: ctr -n default images ls',
      lastLines,
    });
  if (verb !== 'optimize' && /\b401\b|\b403\b|unauthorized|forbidden|denied|authorization/i.test(text))
    return failedForGood(
      known
        ? `${registry} refuses ${what}: user and token are wrong, or may not do that`
        : `${registry} refuses ${what}: it asks who you are`,
      { hint: 'name a file with <user>:<token> by --credentials-file', lastLines },
    );
  if (verb === 'pull' && /not found|manifest unknown|name unknown|no match for platform/i.test(text))
    return failedForGood(`there is no image ${ref} for this platform in its registry`, {
      hint: 'look at the name, the tag and --platform',
      lastLines,
    });
  if (/server gave HTTP response to HTTPS client/i.test(text))
    return failedForGood(`${registry} speaks HTTP without TLS`, {
      hint: 'add --plain-http, or name it in registry.insecure of the cluster file',
      lastLines,
    });
  return commandFailed(what, { exitCode, stdout: '', stderr: text }, { lastLines, hint: hints[verb] });
}

const hints = {
  pull: 'can this host reach the image registry?',
  push: 'can this host reach the image registry?',
  optimize: 'does the image run? ctr -n default run --rm <image> trial',
};
