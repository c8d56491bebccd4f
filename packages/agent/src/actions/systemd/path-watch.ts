import { watch } from 'node:fs';
import { dirname } from 'node:path';
import { exists } from '@vhive/base/files/exists';

/**
 * Where the kernel cannot tell of changes (no inotify watches left, network file systems), the path is looked at once
 * in this many milliseconds.
 */
const LOOK_INTERVAL_MS = 500;

async function nearestDirectory(path: string): Promise<string> {
  let directory = dirname(path);
  while (!(await exists(directory)) && directory !== dirname(directory)) directory = dirname(directory);
  return directory;
}

/**
 * Waits for a change in a directory. It resolves at once where the directory can no longer be watched, and rejects when
 * the signal aborts.
 */
function nextChange(directory: string, look: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let close = () => {};
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      close();
      settle();
    };
    const aborted = () => finish(() => reject(signal.reason));
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) return aborted();
    try {
      const watcher = watch(directory, { persistent: true }, () => finish(resolve));
      close = () => watcher.close();
      watcher.once('error', () => finish(resolve));
    } catch {
      timer = setTimeout(() => finish(resolve), LOOK_INTERVAL_MS);
    }
    // The path may have appeared between the last look and the start of the watch.
    void look().then((there) => there && finish(resolve));
  });
}

/**
 * Resolves once something exists at the path, which the kernel tells. Rejects with the signal's reason when it aborts.
 */
export async function pathExists(path: string, signal: AbortSignal): Promise<void> {
  while (!(await exists(path))) {
    signal.throwIfAborted();
    const directory = await nearestDirectory(path);
    // It is also a change when a parent that was missing has appeared.
    const look = async () => (await exists(path)) || (await nearestDirectory(path)) !== directory;
    await nextChange(directory, look, signal);
  }
}
