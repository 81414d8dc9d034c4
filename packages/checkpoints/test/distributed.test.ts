import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isXincError } from '@xinc/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkpointFiles, readCheckpoint } from '../src/index.js';
import { call, dict, global, pickle, tuple, type Writable } from './pickle-writer.js';
import { tensor, torchFile } from './torch-writer.js';

/* Folders of torch.distributed.checkpoint made by hand: a tensor in pieces, as several processes write one. */
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xinc-distributed-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface WrittenPiece {
  readonly file: string;
  readonly offsets: readonly number[];
  readonly start: number;
  readonly length: number;
}

const record = (module: string, name: string, state: Readonly<Record<string, Writable>>) =>
  call(global(`torch.distributed.checkpoint.${module}`, name), [], dict(state));

function writeIndex(shape: readonly number[], pieces: readonly WrittenPiece[]): void {
  const entry = record('metadata', 'TensorStorageMetadata', { size: tuple(...shape) });
  const stored = pieces.map(({ file, offsets, start, length }): [Writable, Writable] => [
    record('metadata', 'MetadataIndex', { fqn: 'model.w', offset: tuple(...offsets), index: 0 }),
    record('filesystem', '_StorageInfo', { relative_path: file, offset: start, length }),
  ]);
  const index = record('metadata', 'Metadata', {
    state_dict_metadata: dict({ 'model.w': entry }),
    planner_data: dict({ 'model.w': tuple('model', 'w') }),
    storage_data: new Map(stored),
  });
  writeFileSync(join(folder, '.metadata'), pickle(index));
}

const piece = (shape: readonly number[], values: readonly number[]) =>
  torchFile({ content: tensor({ key: '0', shape }), storages: { 0: Float32Array.from(values) } });

/** Two columns of the matrix 1 2 / 3 4 in one file, one after the other, and the third in another. */
function writePieces(): WrittenPiece[] {
  const [left, right, last] = [piece([2, 1], [1, 4]), piece([2, 1], [2, 5]), piece([2, 1], [3, 6])];
  writeFileSync(join(folder, '__0_0.distcp'), Buffer.concat([left, right]));
  writeFileSync(join(folder, '__1_0.distcp'), last);
  return [
    { file: '__0_0.distcp', offsets: [0, 0], start: 0, length: left.length },
    { file: '__0_0.distcp', offsets: [0, 1], start: left.length, length: right.length },
    { file: '__1_0.distcp', offsets: [0, 2], start: 0, length: last.length },
  ];
}

async function refusalOf(path = folder): Promise<string> {
  const failure: unknown = await readCheckpoint(path).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!isXincError(failure)) throw failure ?? new Error('nothing was thrown');
  expect(failure.message).not.toContain('\n');
  return failure.message.replaceAll(folder, 'FOLDER');
}

test('a tensor is put together from its pieces in several files', async () => {
  writeIndex([2, 3], writePieces());
  const { tensors, notes } = await readCheckpoint(folder);
  expect([...tensors.get('model.w')!.float32()]).toEqual([1, 2, 3, 4, 5, 6]);
  expect(tensors.get('model.w')).toMatchObject({ shape: [2, 3], parent: 'model' });
  expect(notes).toEqual(['put together from its pieces (torch.distributed.checkpoint): model.w']);
  // Nor is what a link leads to read for a hash.
  symlinkSync(folder, join(folder, 'endless.distcp'), 'junction');
  expect(await checkpointFiles(folder)).toEqual(
    ['.metadata', '__0_0.distcp', '__1_0.distcp'].map((name) => join(folder, name)),
  );
});

test('pieces that overlap leave places of which nothing is known', async () => {
  const pieces = writePieces();
  writeIndex([2, 3], [pieces[0], { ...pieces[1], offsets: [0, 0] }, pieces[2]]);
  const { tensors } = await readCheckpoint(folder);
  expect([...tensors.get('model.w')!.float32()]).toEqual([2, Number.NaN, 3, 5, Number.NaN, 6]);
});

test.each<[string, (pieces: WrittenPiece[]) => WrittenPiece[], string]>([
  ['missing', (pieces) => pieces.slice(1), "FOLDER: the pieces of the tensor 'model.w' do not make up its shape 2×3"],
  [
    'outside their tensor',
    ([first, ...rest]) => [{ ...first, offsets: [1, 0] }, ...rest],
    "FOLDER: the pieces of the tensor 'model.w' do not make up its shape 2×3",
  ],
  [
    'outside their file',
    ([first, ...rest]) => [...rest, { ...first, start: 1e9 }],
    "FOLDER: 'model.w' does not lie inside __0_0.distcp",
  ],
  [
    'the same bytes again and again',
    ([first]) => Array.from({ length: 50 }, () => first),
    'FOLDER: __0_0.distcp is said to hold more than it does',
  ],
  [
    'outside the folder',
    ([first]) => [{ ...first, file: '../secret' }],
    "FOLDER: .metadata names '../secret', which is no file of the folder",
  ],
  [
    'in files that are not there',
    ([first]) => [{ ...first, file: 'gone' }],
    `${join('FOLDER', 'gone')} cannot be read: it does not exist`,
  ],
])('pieces that are %s are refused', async (_, change, message) => {
  writeIndex([2, 3], change(writePieces()));
  expect(await refusalOf()).toBe(message);
});

test.skipIf(process.platform === 'win32')('links out of the folder are not followed', async () => {
  writeIndex([2, 3], [{ ...writePieces()[0], file: 'link' }]);
  symlinkSync('/dev/zero', join(folder, 'link'));
  expect(await refusalOf()).toBe(`${join('FOLDER', 'link')}: this is no regular file. Give a checkpoint file.`);
});

test('another folder is refused', async () => {
  expect(await refusalOf()).toBe(
    'FOLDER: this is a folder. Give a checkpoint file, or a folder of torch.distributed.checkpoint.',
  );
  writeFileSync(join(folder, '.metadata'), pickle(dict({ a: 1 })));
  expect(await refusalOf()).toBe(
    "FOLDER: the folder's .metadata is not as torch.distributed.checkpoint of PyTorch 2 writes it. In Python: from torch.distributed.checkpoint.format_utils import dcp_to_torch_save; dcp_to_torch_save(folder, 'model.pt'), and give that file.",
  );
});
