/** The number of elements per chunk. A change copies one chunk and the list of chunks. */
const CHUNK = 64;

/**
 * An array whose old versions stay valid. Changing an element copies a chunk of 64 and the list of chunks, not all
 * elements. With 12,000 steps this keeps the cost of folding a run linear in the number of its events.
 */
export class PersistentArray<T> {
  readonly length: number;
  readonly #chunks: readonly (readonly T[])[];

  private constructor(length: number, chunks: readonly (readonly T[])[]) {
    this.length = length;
    this.#chunks = chunks;
  }

  static from<T>(items: readonly T[]): PersistentArray<T> {
    const chunks: T[][] = [];
    for (let start = 0; start < items.length; start += CHUNK) chunks.push(items.slice(start, start + CHUNK));
    return new PersistentArray(items.length, chunks);
  }

  /** Returns the element at an index. Throws a RangeError where there is none. */
  get(index: number): T {
    const item = this.#chunks[Math.floor(index / CHUNK)]?.[index % CHUNK];
    if (item === undefined) throw new RangeError(`no element ${index} of ${this.length}`);
    return item;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const chunk of this.#chunks) yield* chunk;
  }

  /** Returns a working copy. Changes to it are cheap and do not touch this version. */
  edit(): PersistentArrayDraft<T> {
    return new PersistentArrayDraft(this.#chunks, (chunks) => new PersistentArray(this.length, chunks));
  }
}

/** A working copy of a {@link PersistentArray}, of which each chunk is copied at its first change. */
export class PersistentArrayDraft<T> {
  readonly #chunks: (readonly T[])[];
  readonly #owned = new Map<number, T[]>();
  readonly #freeze: (chunks: readonly (readonly T[])[]) => PersistentArray<T>;

  constructor(chunks: readonly (readonly T[])[], freeze: (chunks: readonly (readonly T[])[]) => PersistentArray<T>) {
    this.#chunks = [...chunks];
    this.#freeze = freeze;
  }

  /** Returns the element at an index. Throws a RangeError where there is none. */
  get(index: number): T {
    const item = this.#chunks[Math.floor(index / CHUNK)]?.[index % CHUNK];
    if (item === undefined) throw new RangeError(`no element ${index}`);
    return item;
  }

  set(index: number, item: T): void {
    const number = Math.floor(index / CHUNK);
    let chunk = this.#owned.get(number);
    if (chunk === undefined) {
      chunk = [...(this.#chunks[number] ?? [])];
      this.#owned.set(number, chunk);
      this.#chunks[number] = chunk;
    }
    chunk[index % CHUNK] = item;
  }

  /** Returns the new version. The draft must not be changed afterwards. */
  done(): PersistentArray<T> {
    return this.#freeze(this.#chunks);
  }
}
