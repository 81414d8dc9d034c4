import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { XincError } from '@xinc/core';
import { expect, it } from 'vitest';
import { fixtureFolder } from '../test/fixtures.js';
import { fileError, readHead, readSourceFile, sha256, writeError } from './source-file.js';

const { folder, put } = await fixtureFolder();

it.each([
  ['EACCES', 'io', 'p.png: may not be read (permission denied)'],
  ['EPERM', 'io', 'p.png: may not be read (permission denied)'],
  ['ENOENT', 'not-found', 'p.png: no such file or folder'],
  ['ENOTDIR', 'not-found', 'p.png: no such file or folder'],
  ['EISDIR', 'usage', 'p.png: is a folder, but a file is expected here'],
  ['EIO', 'io', 'p.png: could not be read (the disk failed). Copy what it holds to another one.'],
  [
    'EMFILE',
    'io',
    'p.png: could not be read (this process has as many files open as the system lets it). Raise that limit (ulimit -n 1024), and repeat the command.',
  ],
])('%s becomes one clear line', (code, kind, message) => {
  const error = Object.assign(new Error('low level'), { code });
  expect(fileError('p.png', error)).toMatchObject({ name: 'XincError', code: kind, message, cause: error });
});

it.each([
  ['ENOSPC', 'out: could not be written (the disk is full). Free some space, or choose another folder.'],
  ['EROFS', 'out: could not be written (the file system is read-only). Choose a folder that you may write to.'],
  ['EIO', 'out: could not be written (the disk failed). Copy what it holds to another one.'],
])('%s in writing becomes one clear line', (code, message) => {
  expect(writeError('out', Object.assign(new Error('low level'), { code }))).toMatchObject({ code: 'io', message });
});

it('passes an XincError through', () => {
  const error = new XincError('usage', 'as it was');
  expect(fileError('p.png', error)).toBe(error);
});

it('reads a folder as an error, not as bytes', async () => {
  await expect(readSourceFile(folder)).rejects.toMatchObject({ code: 'usage' });
});

it.runIf(process.platform !== 'win32')(
  'refuses what is neither file nor folder, such as a socket or a pipe',
  async () => {
    const path = join(folder, 'socket.png');
    const server = createServer().listen(path);
    await once(server, 'listening');
    await expect(readHead(path)).rejects.toThrow(`${path}: is not a regular file`);
    server.close();
  },
);

it('reads only the head of a file', async () => {
  const path = await put('long.bin', new Uint8Array(100).fill(7));
  expect(await readHead(path, 10)).toEqual(new Uint8Array(10).fill(7));
  expect((await readHead(path)).length).toBe(100);
});

it('hashes as sha256sum does', () => {
  expect(sha256(Buffer.from('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
