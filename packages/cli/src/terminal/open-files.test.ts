import { expect, test } from 'vitest';
import { tooFewOpenFiles } from './open-files.js';

test.each([
  Object.assign(new Error('EMFILE: too many open files, open x'), { code: 'EMFILE' }),
  new Error('The engine does not load', { cause: new Error('libonnxruntime.so: Too many open files') }),
  new Error('a', { cause: new Error('b', { cause: Object.assign(new Error('c'), { code: 'ENFILE' }) }) }),
])('a failure for want of open files is told as that, however deep it lies: %s', (error) => {
  expect(tooFewOpenFiles(error)).toMatch(
    /^this process has too many files open: .*as many as the system lets it\. Raise that limit \(ulimit -n 1024\), and repeat the command\.$/,
  );
});

test('other failures are not', () => {
  expect(tooFewOpenFiles(new Error('ENOENT: no such file'))).toBeUndefined();
  expect(tooFewOpenFiles('text')).toBeUndefined();
});
