import type { Architecture } from '../architecture.ts';
import type { Compiled } from '../compiled.ts';
import type { MirrorPaths } from '../paths.ts';
import type { MirrorVersions } from '../versions.ts';
import type { ImageContent } from './image-archive.ts';

/** An image before the shared libraries of its programs are added. */
export type ImagePlan = Omit<ImageContent, 'architecture'>;

/** What images are made from. */
export interface ImageSources {
  readonly paths: MirrorPaths;
  readonly architecture: Architecture;
  readonly versions: MirrorVersions;
  readonly compiled: Compiled;
}

/** The PATH of an image, as an entry of its environment. */
export const searchPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
