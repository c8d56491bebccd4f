import { VhiveError } from '@vhive/shared';
import { defaultLabDirectories } from '../directories.ts';
import { type LabNames, labNames } from '../machine/names.ts';
import type { LabHost, LabHostKind } from '../types.ts';
import { kindOf } from './kinds.ts';
import { type LabHostState, readLabState } from './state.ts';

/** Selects the lab that a command is about. */
export interface LabSelector {
  /** The state directory of the lab. The default is `VHIVE_LAB_DIR`, or else /var/lib/vhive-lab. */
  stateDir?: string;
}

/** What {@link labList} tells about a host. */
export interface LabHostStatus {
  name: string;
  kind: LabHostKind;
  address: string;
  /**
   * `off` means that the host was never booted, was powered off or was killed. A host that is booting counts as
   * running.
   */
  state: 'running' | 'off';
  tree: string;
  /** The host itself, while it runs. */
  host: LabHost | undefined;
}

/** Returns all hosts of the lab, running or not, by number; none when there is no lab. */
export async function labList(selector: LabSelector = {}): Promise<LabHostStatus[]> {
  const names = labNames(stateDirOf(selector));
  const state = await readLabState(names.stateFile);
  return (state?.hosts ?? []).map((host) => {
    const { name, kind, address } = host;
    const running = runningHost(host, names);
    const tree = kindOf(host).diskOf(names, name);
    return { name, kind, address, state: running ? 'running' : 'off', tree, host: running };
  });
}

/** Returns the running host called `name`. Throws a VhiveError when there is no such host or it is off. */
export async function labHost(name: string, selector: LabSelector = {}): Promise<LabHost> {
  const status = (await labList(selector)).find((one) => one.name === name);
  if (status === undefined) throw await unknownHost(name, selector);
  if (status.host !== undefined) return status.host;
  throw new VhiveError({
    code: 'unreachable',
    message: `The lab host ${name} is off.`,
    hint: `vhive-coord lab reboot ${name}`,
  });
}

/** Returns a host of the state file as a running one; undefined when it is off. */
export function runningHost(host: LabHostState, names: LabNames): LabHost | undefined {
  const { name, kind, address, supervisor } = host;
  const leaderPid = supervisor && kindOf(host).leaderOf(supervisor);
  if (supervisor === undefined || leaderPid === undefined) return undefined;
  return { name, kind, address, leaderPid, tree: kindOf(host).diskOf(names, name), supervisor };
}

/** Makes the error for a name that no host of the lab has. */
export async function unknownHost(name: string, selector: LabSelector): Promise<VhiveError> {
  const names = (await labList(selector)).map((host) => host.name);
  return new VhiveError({
    code: 'usage',
    message: `The lab has no host called ${name}${names.length === 0 ? ': there is no lab' : `, only ${names.join(', ')}`}.`,
    hint: names.length === 0 ? 'vhive-coord lab up --hosts 3' : 'vhive-coord lab ls',
  });
}

/** Returns the state directory of a selector. */
export function stateDirOf(selector: LabSelector): string {
  return selector.stateDir ?? defaultLabDirectories().stateDir;
}
