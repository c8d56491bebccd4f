import { megabytes } from '@vhive/base/megabytes';
import type { ArtifactStore } from '../../artifacts/store.ts';
import { diskFull } from '../http-error.ts';

/** The room on the disk that files may take which are being received, so that many at once keep the reserve too. */
export interface DiskRoom {
  /**
   * Takes room for a file of that many bytes before its first byte is written, and returns how to give it back once the
   * file is there or has failed. Throws the refusal `disk-full` when less than the reserve would be left.
   */
  take(length: number): Promise<() => void>;
}

/** Makes the room of a store. `reserve` bytes stay free for the coordinator's own records. */
export function diskRoom(store: Pick<ArtifactStore, 'freeBytes'>, reserve: number): DiskRoom {
  /** The bytes of all files under way. What is written of them counts twice meanwhile, which errs on the safe side. */
  let promised = 0;
  return {
    async take(length) {
      const free = await store.freeBytes();
      if (free - promised - length < reserve)
        throw diskFull(
          `${megabytes(free)} are free, of which ${megabytes(promised)} are for files under way and ${megabytes(reserve)} stay free for the coordinator's own records; the file has ${megabytes(length)}`,
        );
      promised += length;
      let given = false;
      return () => {
        if (!given) promised -= length;
        given = true;
      };
    },
  };
}
