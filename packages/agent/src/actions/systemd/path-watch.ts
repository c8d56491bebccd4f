import { watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How often is looked where the kernel cannot tell (inotify used up, network file systems), milliseconds. */
const LOOK_INTERVAL_MS = 500;

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

async function nearestDirectory(path: string): Promise<string> {
  let directory = dirname(path);
  while (!(await exists(directory)) && directory !== dirname(directory)) directory = dirname(directory);
  return directory;
}

/** Waits for a change in a directory; at once where it can no longer be watched. Rejects when aborted. */
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
    // Between the last look and the watch the path may have come.
    void look().then((there) => there && finish(resolve));
  });
}

/** Resolves once something exists at the path (told by the kernel). Rejects with the signal's reason. */
export async function pathExists(path: string, signal: AbortSignal): Promise<void> {
  while (!(await exists(path))) {
    signal.throwIfAborted();
    const directory = await nearestDirectory(path);
    // Also a missing parent that has come meanwhile is news.
    const look = async () => (await exists(path)) || (await nearestDirectory(path)) !== directory;
    await nextChange(directory, look, signal);
  }
}
