import { isXincError, XincError } from './errors.js';

/** What was to be done with a file or folder, as it is said of it: it cannot be read. */
export type FileUse = 'read' | 'written' | 'made' | 'removed' | 'tidied';

interface Reason {
  readonly what: string;
  /** What to do; where that depends on it, to read the file, and to write it. */
  readonly hint?: string | { readonly read: string; readonly write: string };
}

const DENIED: Reason = {
  what: 'permission is denied',
  hint: { read: 'Give yourself the permission to read it.', write: 'Choose a folder that you may write to.' },
};
const FULL_HINT = 'Free some space, or choose another folder.';

/** Why a file operation failed, by the system's code, in words. */
const REASONS: Readonly<Record<string, Reason>> = {
  EACCES: DENIED,
  EPERM: DENIED,
  EROFS: { what: 'the file system is read-only', hint: 'Choose a folder that you may write to.' },
  ENOSPC: { what: 'the disk is full', hint: FULL_HINT },
  EDQUOT: { what: 'the disk quota is used up', hint: FULL_HINT },
  EFBIG: {
    what: 'it would be larger than files may be there',
    hint: 'Choose another folder, or write less at a time.',
  },
  ENOTDIR: { what: 'a part of its path is a file, not a folder' },
  EISDIR: { what: 'it is a folder', hint: 'Name a file.' },
  ENOENT: { what: 'it does not exist' },
  EEXIST: { what: 'a file of that name is in the way' },
  ENOTEMPTY: { what: 'the folder in its place is not empty' },
  ENAMETOOLONG: { what: 'its name is longer than the file system allows', hint: 'Choose a shorter one.' },
  ELOOP: { what: 'its symbolic links lead in a circle', hint: 'Name the file itself.' },
  EBUSY: { what: 'another program uses it', hint: 'Close that program, and repeat the command.' },
  EMFILE: {
    what: 'this process has as many files open as the system lets it',
    hint: 'Raise that limit (ulimit -n 1024), and repeat the command.',
  },
  ENFILE: {
    what: 'the system has as many files open as it can',
    hint: 'Close other programs, and repeat the command.',
  },
  ENOMEM: { what: 'there is no memory left', hint: 'Close other programs, and repeat the command.' },
  EIO: { what: 'the disk failed', hint: 'Copy what it holds to another one.' },
  ENXIO: { what: 'it is no regular file' },
};

/**
 * A failed file operation as one line that says why it failed, and what to do about it where something can be done: `io`, or
 * `not-found` where what is to be read is not there. An XincError passes unchanged.
 * @param error of the file system; of another kind, its own words are given
 * @param path the file or folder, which the line begins with and which is its subject
 */
export function ioError(error: unknown, path: string, use: FileUse): XincError {
  if (isXincError(error)) return error;
  const { code = '' } = (error ?? {}) as NodeJS.ErrnoException;
  const { what, hint }: Reason = REASONS[code] ?? { what: error instanceof Error ? error.message : String(error) };
  const advice = typeof hint === 'object' ? hint[use === 'read' ? 'read' : 'write'] : hint;
  const missing = code === 'ENOENT' || (code === 'ENOTDIR' && use === 'read');
  return new XincError(missing ? 'not-found' : 'io', `${path} cannot be ${use}: ${what}`, {
    subject: path,
    cause: error,
    ...(advice !== undefined && { hint: advice }),
  });
}
