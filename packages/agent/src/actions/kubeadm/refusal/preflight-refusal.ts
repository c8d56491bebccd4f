import type { CommandResult } from '../../../host/host.ts';
import type { ActionError } from '../../kit/action.ts';
import { failed, failedForGood, lastLines } from '../../kit/failures.ts';

/** The checks that a host may pass a moment later: its container runtime starts, or a process gives up its port. */
const mayPassLater = /^(?:CRI|ContainerRuntimeVersion|ImagePull|ExternalEtcdVersion|Port-\d+)$/;

/** The lines between which kubeadm lists the checks that a host does not pass, and the line with which each begins. */
const listBegins = /^\[preflight\] Some fatal errors occurred:/;
const listEnds = /^\[preflight\] If you know what you are doing/;
const errorBegins = /^\s*\[ERROR ([^\]]+)\]: (.*)$/;

/** A check of kubeadm's own preflight that a host does not pass. */
interface RefusedCheck {
  /** The name by which kubeadm knows the check, such as "SystemVerification" or "Port-10250". */
  name: string;
  /** What kubeadm says of it, in one line. */
  reason: string;
}

function refusedChecks(stderr: string): RefusedCheck[] {
  const found: RefusedCheck[] = [];
  let isInList = false;
  for (const line of stderr.split('\n')) {
    if (listBegins.test(line)) isInList = true;
    else if (listEnds.test(line)) isInList = false;
    else if (isInList) {
      const [, name, reason] = errorBegins.exec(line) ?? [];
      const last = found.at(-1);
      if (name !== undefined && reason !== undefined) found.push({ name, reason });
      // The output of a program that kubeadm asked may have several lines.
      else if (last !== undefined && line.trim() !== '') last.reason += ` ${line.trim()}`;
    }
  }
  return found;
}

/**
 * Makes the failure of a kubeadm whose own preflight refused the host, from its output. The message holds what kubeadm
 * says of each check, in kubeadm's form. It is a failure for good as soon as waiting cannot mend one of them. Returns
 * undefined when kubeadm failed for another reason.
 */
export function preflightRefusal(what: string, result: CommandResult): ActionError | undefined {
  const checks = refusedChecks(result.stderr);
  if (checks.length === 0) return undefined;
  // Two checks that fail for one reason say the same, such as those that ask the container runtime.
  const told = checks.filter(({ reason }, index) => checks.findIndex((one) => one.reason === reason) === index);
  const errors = told.map(({ name, reason }) => `[ERROR ${name}]: ${reason}`).join('; ');
  const make = checks.every(({ name }) => mayPassLater.test(name)) ? failed : failedForGood;
  return make(`${what}: kubeadm's preflight refuses this host: ${errors}`, {
    hint: 'kubeadm has changed nothing; mend what it names on this host, then try again',
    lastLines: lastLines(result),
  });
}
