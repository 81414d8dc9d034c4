import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isXincError, type XincError, type XincErrorCode } from '@xinc/core';
import { afterAll, expect, test } from 'vitest';
import { refusal } from '../test/refusals.js';
import { stateDict, torchFile } from '../test/torch-writer.js';
import { zipFile } from '../test/zip-writer.js';
import { decodeCheckpoint, readCheckpoint } from './read-checkpoint.js';

const folder = mkdtempSync(join(tmpdir(), 'xinc-checkpoints-'));
afterAll(() => rmSync(folder, { recursive: true }));

const checkpointBytes = torchFile(stateDict({ w: [2] }));

async function rejection(code: XincErrorCode, attempt: Promise<unknown>): Promise<XincError> {
  const error = await attempt.then(
    () => new Error(`expected a XincError '${code}', nothing was thrown`),
    (reason: unknown) => reason,
  );
  if (!isXincError(error)) throw error;
  expect(error.code).toBe(code);
  return error;
}

test('reads a file, whatever its name', async () => {
  const path = join(folder, 'weights.txt');
  writeFileSync(path, checkpointBytes);
  const checkpoint = await readCheckpoint(path);
  expect(checkpoint).toMatchObject({ format: 'pytorch', source: path });
  expect(checkpoint.tensors.get('w')!.shape).toEqual([2]);
});

test('says when there is no file, or something that is none', async () => {
  const missing = join(folder, 'missing.pt');
  expect((await rejection('not-found', readCheckpoint(missing))).message).toBe(
    `${missing} cannot be read: it does not exist`,
  );
  expect((await rejection('invalid-file', readCheckpoint(folder))).message).toContain('this is a folder');
});

test('refuses a file larger than the memory limit before reading it', async () => {
  const path = join(folder, 'large.pt');
  writeFileSync(path, checkpointBytes);
  const error = await rejection('unsupported', readCheckpoint(path, { memoryLimit: 100 }));
  expect(error.message).toMatch(/the file has \d+ bytes and at most 100 bytes can be read/);
  expect((await rejection('invalid-option', readCheckpoint(path, { memoryLimit: Number.NaN }))).subject).toBe(
    'memoryLimit',
  );
});

test('is cancelled by its signal', async () => {
  const path = join(folder, 'cancelled.pt');
  writeFileSync(path, checkpointBytes);
  await rejection('cancelled', readCheckpoint(path, { abort: AbortSignal.abort() }));
  await rejection('cancelled', readCheckpoint(join(folder, 'missing'), { abort: AbortSignal.abort() }));
});

const bytes = (text: string) => Buffer.from(text, 'latin1');

test.each<[string, Uint8Array, RegExp]>([
  ['HDF5', bytes('\x89HDF\r\n\x1a\n'), /HDF5.*numpy\.savez/],
  ['gzip', bytes('\x1f\x8b\x08\x00'), /Decompress it/],
])('refuses %s with advice', (_, content, message) => {
  expect(refusal('unsupported', () => decodeCheckpoint(content, 'x')).message).toMatch(message);
});

test.each<[string, Uint8Array, RegExp]>([
  ['PyTorch before 1.6 cut off', bytes('\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.'), /the pickle is cut short/],
  ['an empty file', new Uint8Array(), /the file is empty/],
  ['a Git LFS pointer', bytes('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'), /pointer.*git lfs pull/],
  ['a web page', bytes('\n<!DOCTYPE html><html></html>'), /web page.*Download the checkpoint again/],
  ['a text', bytes('hello world'), /no checkpoint of a known kind\. PyTorch \(\.pt/],
  ['another archive', zipFile([{ name: 'readme.txt', content: bytes('hi') }]), /neither of torch\.save nor of numpy/],
  ['the beginning of an archive', checkpointBytes.slice(0, 100), /truncated/],
])('refuses %s', (_, content, message) => {
  expect(refusal('invalid-file', () => decodeCheckpoint(content, 'x')).message).toMatch(message);
});
