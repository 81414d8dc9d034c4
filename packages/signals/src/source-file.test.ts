import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fixtureFolder } from '../test/fixtures.js';
import { readHead, readSourceFile, sha256 } from './source-file.js';

const { folder, put } = await fixtureFolder();

it('reads a folder as an error, not as bytes', async () => {
  await expect(readSourceFile(folder)).rejects.toMatchObject({
    code: 'usage',
    message: `${folder}: is a folder, but a file is expected here`,
  });
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
