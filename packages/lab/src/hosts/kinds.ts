import type { LabHostKind } from '../types.ts';
import { containerKind } from './container/container-kind.ts';
import { emulatedKind } from './emulated/emulated-kind.ts';
import type { HostKind } from './kind.ts';

const kinds: Readonly<Record<LabHostKind, HostKind>> = { container: containerKind, emulated: emulatedKind };

/** Returns how hosts of a kind are made and handled. */
export function kindOf({ kind }: { kind: LabHostKind }): HostKind {
  return kinds[kind];
}

/** All kinds of hosts. */
export const allKinds: readonly HostKind[] = Object.values(kinds);
