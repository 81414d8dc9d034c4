import { describe, expect, test } from 'vitest';
import { XincError } from './errors.js';
import { ioError } from './io-error.js';

const failure = (code: string) => Object.assign(new Error(`${code}: low level`), { code });

describe('a failed file operation is one line that says why and what to do', () => {
  test.each([
    ['EACCES', 'permission is denied. Choose a folder that you may write to.'],
    ['EPERM', 'permission is denied. Choose a folder that you may write to.'],
    ['EROFS', 'the file system is read-only. Choose a folder that you may write to.'],
    ['ENOSPC', 'the disk is full. Free some space, or choose another folder.'],
    ['EISDIR', 'it is a folder. Name a file.'],
    ['ENOTDIR', 'a part of its path is a file, not a folder'],
    ['ENAMETOOLONG', 'its name is longer than the file system allows. Choose a shorter one.'],
    ['ELOOP', 'its symbolic links lead in a circle. Name the file itself.'],
    ['EBUSY', 'another program uses it. Close that program, and repeat the command.'],
    [
      'EMFILE',
      'this process has as many files open as the system lets it. Raise that limit (ulimit -n 1024), and repeat the command.',
    ],
  ])('%s', (code, told) => {
    expect(ioError(failure(code), 'f', 'written')).toMatchObject({
      code: 'io',
      subject: 'f',
      message: `f cannot be written: ${told}`,
    });
  });

  test('what cannot be read is not told to be a folder to write to', () => {
    expect(ioError(failure('EACCES'), 'f', 'read').message).toBe(
      'f cannot be read: permission is denied. Give yourself the permission to read it.',
    );
  });

  test('a code without words of its own is told as the system tells it', () => {
    expect(ioError(failure('EWEIRD'), 'f', 'read').message).toBe('f cannot be read: EWEIRD: low level');
    expect(ioError('text', 'f', 'removed').message).toBe('f cannot be removed: text');
  });

  test.each(['ENOENT', 'ENOTDIR'])('what is to be read and not there is not found: %s', (code) => {
    expect(ioError(failure(code), 'f', 'read').code).toBe('not-found');
  });

  test('what is told already stays as it is', () => {
    const told = new XincError('usage', 'as it was');
    expect(ioError(told, 'f', 'read')).toBe(told);
  });
});
