import { dirname } from 'node:path';
import { VhiveError } from '@vhive/shared';

/** What each error of the operating system means to a person. `of` is what it happened to, such as a path. */
const meanings: Record<string, (of: string, path: string | undefined) => ConstructorParameters<typeof VhiveError>[0]> =
  {
    ENOSPC: diskFull,
    EDQUOT: diskFull,
    EROFS: (of) => ({
      code: 'preflight',
      message: `the file system is read-only: ${of}`,
      hint: 'dmesg says whether a broken disk is the reason; otherwise mount it writable',
    }),
    EACCES: denied,
    EPERM: denied,
    EADDRINUSE: (of) => ({
      code: 'usage',
      message: `another program listens there already: ${of}`,
      hint: 'ss -ltnp shows which; end it, or choose another port',
    }),
    EMFILE: tooManyFiles,
    ENFILE: tooManyFiles,
  };

/**
 * Explains an error of the operating system (or one that was caused by it) that is no defect of the program: a full
 * disk, a missing permission, a taken port. Returns undefined for any other error.
 */
export function systemFailure(error: unknown): VhiveError | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
    const { code, path, syscall, address, port } = cause as NodeJS.ErrnoException & { address?: string; port?: number };
    const meaning = Object.hasOwn(meanings, code ?? '') ? meanings[code ?? ''] : undefined;
    if (meaning === undefined) continue;
    const of = address === undefined ? path : `${address} port ${port}`;
    return new VhiveError({ ...meaning([syscall, of].filter(Boolean).join(' '), path), cause: error });
  }
  return undefined;
}

/** Whether an error says that the disk, or the part of it that this user may fill, is full. */
export function isDiskFull(error: unknown): boolean {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

function diskFull(of: string, path: string | undefined): ConstructorParameters<typeof VhiveError>[0] {
  return {
    code: 'preflight',
    message: `the disk is full: ${of}`,
    hint: `make room there (df -h${path === undefined ? '' : ` ${dirname(path)}`}), then type the same command again`,
  };
}

function denied(of: string): ConstructorParameters<typeof VhiveError>[0] {
  return { code: 'usage', message: `permission denied: ${of}`, hint: 'run as root or as the user whom it belongs to' };
}

function tooManyFiles(of: string): ConstructorParameters<typeof VhiveError>[0] {
  return {
    code: 'preflight',
    message: `too many files are open: ${of}`,
    hint: 'allow more: ulimit -n 65536, or LimitNOFILE= in the unit',
  };
}
