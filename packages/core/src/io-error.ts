import { XincError } from './errors.js';

/** What was tried: the advice differs. */
export type FileAccess = 'read' | 'write';

interface Reason {
  readonly what: string;
  readonly hint?: string | Readonly<Record<FileAccess, string>>;
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
 * Why a file operation failed, and what to do about it where something can be done.
 * @param error of the file system; of another kind, its own words are given
 */
export function ioReason(error: unknown, access: FileAccess): { readonly what: string; readonly hint?: string } {
  const reason = REASONS[(error as NodeJS.ErrnoException | undefined)?.code ?? ''];
  if (!reason) return { what: error instanceof Error ? error.message : String(error) };
  const { what, hint } = reason;
  return { what, ...(hint !== undefined && { hint: typeof hint === 'string' ? hint : hint[access] }) };
}

/**
 * A failed file operation as an XincError `io` (`not-found` where the file does not exist).
 * @param problem `RUN cannot be read`
 * @param subject the path
 */
export function ioError(error: unknown, problem: string, subject: string, access: FileAccess): XincError {
  const { what, hint } = ioReason(error, access);
  const missing = (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
  return new XincError(missing ? 'not-found' : 'io', `${problem}: ${what}`, {
    subject,
    cause: error,
    ...(hint !== undefined && { hint }),
  });
}
