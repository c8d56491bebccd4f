import type { ClusterConfig, FailureCode, Plan } from '@vhive/shared';

/** What to pull. */
export interface PullOrder {
  config: ClusterConfig;
  /** One plan per architecture (in Debian's words), made for a mirror tree. */
  plans: Readonly<Record<string, Plan>>;
  /** The mirror tree; made when it is missing. */
  directory: string;
  images: boolean;
  goModules: boolean;
  /** The architecture of this machine. */
  machine: string;
}

/** Something that was brought into the tree or was there already. */
export interface TreeItem {
  kind: 'file' | 'image' | 'modules';
  /** The name, version and architecture, for people. */
  title: string;
  bytes: number;
  /** false: it was in the tree already. */
  changed: boolean;
}

/** Something that could not be brought into the tree. */
export interface TreeFailure {
  kind: TreeItem['kind'];
  title: string;
  code: FailureCode;
  message: string;
  hint?: string | undefined;
}

/** The outcome of a pull. */
export interface PullResult {
  pulled: TreeItem[];
  failed: TreeFailure[];
  /** What the mirror tree lacks although nothing failed, one sentence each. */
  leftOut: string[];
}

/** Called with the news of a pull. */
export interface PullContext {
  signal: AbortSignal;
  log(text: string): void;
  onItem(item: TreeItem): void;
  onFailure(item: TreeFailure): void;
}
