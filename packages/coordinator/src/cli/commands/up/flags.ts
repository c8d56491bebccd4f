import type { ClusterFlags } from '../../settings.ts';

/** Values of the options of `up`, as commander hands them over; absent: not given, so that the file or a default holds. */
export interface UpFlags extends ClusterFlags {
  until?: string;
  skip?: string[];
  limit?: string[];
  dryRun?: boolean;
  /** Seconds. */
  timeout: number;
  /** Seconds. */
  waitNodes?: number;
  /** Hosts of the lab to make. */
  lab?: number;
  /** Nodes to simulate. */
  simulate?: number;
}
