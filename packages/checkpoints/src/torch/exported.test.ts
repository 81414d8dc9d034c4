import { expect, test } from 'vitest';
import { dict } from '../../test/pickle-writer.js';
import { refusal } from '../../test/refusals.js';
import { tensor, torchFile } from '../../test/torch-writer.js';
import { zipFile } from '../../test/zip-writer.js';
import { decodeCheckpoint } from '../read-checkpoint.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
const weight = (file: string, sizes: readonly number[], strides: readonly number[], offset = 0) => ({
  path_name: file,
  use_pickle: false,
  tensor_meta: {
    dtype: 7,
    sizes: sizes.map((as_int) => ({ as_int })),
    strides: strides.map((as_int) => ({ as_int })),
    storage_offset: { as_int: offset },
  },
});

interface Program {
  readonly weights: Readonly<Record<string, unknown>>;
  readonly model?: string;
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

const program = (...programs: readonly Program[]) =>
  zipFile([
    { name: 'p/byteorder', content: bytes('little') },
    ...programs.flatMap(({ weights, model = 'model', files = { weight_0: floats(1, 2, 3, 4) } }) => [
      { name: `p/data/weights/${model}_weights_config.json`, content: bytes(JSON.stringify({ config: weights })) },
      ...Object.entries(files).map(([name, content]) => ({ name: `p/data/weights/${name}`, content })),
    ]),
  ]);

const values = (archive: Uint8Array) =>
  Object.fromEntries([...decodeCheckpoint(archive, 'x').tensors].map(([name, { float32 }]) => [name, [...float32()]]));

test('weights of one file are views of it, and told where they are the same', () => {
  const archive = program({
    weights: {
      a: weight('weight_0', [2, 2], [2, 1]),
      tied: weight('weight_0', [2, 2], [2, 1]),
      turned: weight('weight_0', [2, 2], [1, 2]),
      part: weight('weight_0', [2], [1], 2),
      object: { path_name: 'custom_obj_0', tensor_meta: null },
    },
  });
  expect(values(archive)).toEqual({ a: [1, 2, 3, 4], tied: [1, 2, 3, 4], turned: [1, 3, 2, 4], part: [3, 4] });
  const { tensors } = decodeCheckpoint(archive, 'x');
  expect([...tensors].map(([, { aliasOf }]) => aliasOf)).toEqual([undefined, 'a', undefined, undefined]);
});

test('weights that are pickled, and those of several models, by their names', () => {
  const pickled = torchFile({ content: tensor({ key: '0', shape: [1] }), storages: { 0: Float32Array.of(5) } });
  const first = {
    weights: { w: { ...weight('w0', [1], [1]), use_pickle: true } },
    model: 'first',
    files: { w0: pickled },
  };
  const second = { weights: { w: weight('w1', [1], [1]) }, model: 'second', files: { w1: floats(6) } };
  expect(values(program(first, second))).toEqual({ 'first.w': [5], 'second.w': [6] });
});

test('archives of PyTorch before 2.8 hold a file of torch.save', () => {
  const content = torchFile({
    content: dict({ w: tensor({ key: '0', shape: [2] }) }),
    storages: { 0: Float32Array.of(1, 2) },
  });
  const archive = zipFile([
    { name: 'serialized_exported_program.json', content: bytes('{}') },
    { name: 'serialized_state_dict.json', content },
    { name: 'serialized_constants.json', content: new Uint8Array() },
  ]);
  expect(values(archive)).toEqual({ w: [1, 2] });
});

test.each<[string, Uint8Array, string]>([
  ['beyond its file', program({ weights: { w: weight('weight_0', [5], [1]) } }), 'reaches element 4 of a storage'],
  [
    'whose file is not there',
    program({ weights: { w: weight('gone', [1], [1]) } }),
    "lacks the file of the weight 'w'",
  ],
  ['that is no entry', program({ weights: { w: 5 } }), "the exported program's weight 'w' is damaged"],
  [
    'in a list that is none',
    zipFile([{ name: 'p/data/weights/model_weights_config.json', content: bytes('{') }]),
    "the exported program's list of weights is not JSON",
  ],
])('a weight %s is refused', (_, archive, message) => {
  expect(refusal('invalid-file', () => decodeCheckpoint(archive, 'x')).message).toContain(message);
});

test('weights of sizes that are symbols keep their name', () => {
  const symbolic = {
    path_name: 'weight_0',
    tensor_meta: { dtype: 7, sizes: [{ as_expr: 's0' }], strides: [], storage_offset: {} },
  };
  const { tensors } = decodeCheckpoint(program({ weights: { w: symbolic } }), 'x');
  expect(refusal('unsupported', () => tensors.get('w')!.float32()).message).toContain(
    'torch.save(program.state_dict, path)',
  );
});
