/** A manifest as its publisher offers it. */
export interface PublishedManifest {
  /** The path in the mirror tree: `<host>/<path>` of the publisher's URL. */
  readonly address: string;
  readonly text: string;
}

/** Returns the path in the mirror tree of a file that the catalogue has at `url`. */
export function treePath(url: string, version: string, architecture = ''): string {
  return url
    .replace(/^https:\/\//, '')
    .replaceAll('{version}', version)
    .replaceAll('{arch}', architecture);
}
