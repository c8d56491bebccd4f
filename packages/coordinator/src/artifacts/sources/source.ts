import type { DownloadOptions } from './download.ts';

/** A source from which a file can be taken. */
export interface Source {
  /** Where the file is, as people write it: a path or a URL. */
  readonly describe: string;
  /** The path of the file, where it is on a file system of this machine. */
  readonly localPath?: string;
  /** Asks whether the file is there, without taking it. Rejects when nobody answers. */
  look(signal: AbortSignal): Promise<'there' | 'absent' | 'unclear'>;
  /**
   * Brings the file's bytes, which are not verified, to this machine. They collect at `partial`, unless the source has
   * them on this machine already. Throws a FileAbsentError when the source does not have the file, and otherwise the
   * errors of `download`.
   */
  open(partial: string, options: OpenOptions): Promise<OpenedFile>;
}

/** How to bring a file. `onProgress` may throw, which ends the transfer. */
export type OpenOptions = Pick<DownloadOptions, 'signal' | 'onProgress' | 'log' | 'retries'>;

/** A file's bytes on this machine. */
export interface OpenedFile {
  path: string;
  /** true: the first bytes were left by an earlier transfer that broke off, perhaps of another file. */
  resumed: boolean;
  /** Lets go of bytes that turned out to be wrong, so that nothing goes on with them. A source's own file stays. */
  discard(): Promise<void>;
}
