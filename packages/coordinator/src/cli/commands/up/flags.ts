import type { Flags } from '../../options/command-options.ts';

/** Values of the options of `up`; `doctor` gives some of them. */
export type UpFlags = Flags<'up'>;
