import type { ClusterConfig, Plan } from '@vhive/shared';
import type { JsonLineBody } from '../../json-lines.ts';

/** Something that was brought into a mirror tree or was there already: a file, an image, or modules. */
export type PulledItem = Omit<Extract<JsonLineBody, { type: 'pulled' }>, 'type'>;

/** Something that could not be brought into a mirror tree. */
export type FailedItem = Extract<JsonLineBody, { type: 'mirror' }>['failed'][number];

/** Fills a mirror tree. It is what `mirror pull` asks of the artifacts. One failure does not stop the others. */
export type PullMirror = (
  order: {
    config: ClusterConfig;
    /** One plan per architecture (in Debian's words), made for a mirror tree. */
    plans: Readonly<Record<string, Plan>>;
    /** The directory of the mirror tree. It is made when it is missing. */
    directory: string;
    images: boolean;
    goModules: boolean;
    /** The architecture of this machine. */
    machine: string;
  },
  context: {
    signal: AbortSignal;
    log(text: string): void;
    onItem(item: PulledItem): void;
    onFailure(item: FailedItem): void;
  },
) => Promise<{
  pulled: PulledItem[];
  failed: FailedItem[];
  /** What the mirror tree lacks although nothing failed, one sentence each. */
  leftOut: string[];
}>;
