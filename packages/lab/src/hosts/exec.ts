import { VhiveError } from '@vhive/shared';
import type { LabHost } from '../types.ts';
import type { LabExecOptions, LabExecution } from './exec-options.ts';
import { kindOf } from './kinds.ts';

/**
 * Runs a program as root inside a host. The program ends with this process. Throws a VhiveError when the host is off,
 * and otherwise what execa throws.
 */
export function labExec(host: LabHost, argv: readonly string[], options: LabExecOptions = {}): LabExecution {
  options.signal?.throwIfAborted();
  const kind = kindOf(host);
  // The host may have another leader than when it was looked up, because of a reboot since then.
  const leaderPid = kind.leaderOf(host.supervisor);
  if (leaderPid === undefined) {
    throw new VhiveError({
      code: 'unreachable',
      message: `The lab host ${host.name} is off.`,
      hint: `vhive-coord lab reboot ${host.name}`,
    });
  }
  return kind.exec({ ...host, leaderPid }, argv, options);
}
