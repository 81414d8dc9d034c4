import { describe, expect, test } from 'vitest';
import { call, dict, global, persistent, tuple, type Writable } from '../../test/pickle-writer.js';
import { tensor, torchFile } from '../../test/torch-writer.js';
import { decodeCheckpoint } from '../read-checkpoint.js';

/** The codes of 1, 2, −1 and 0.5 as float8_e4m3fn. */
const storages = {
  0: Uint8Array.of(0x38, 0x40, 0xb8, 0x30),
  1: Float32Array.of(10, 100),
  2: Float32Array.of(4),
  3: Uint8Array.of(1, 0, 0, 1),
  4: new Float32Array(8),
};
const float8 = (key: string, [rows, columns]: readonly [number, number]) =>
  call(global('torch._utils', '_rebuild_tensor_v3'), [
    persistent(tuple('storage', global('torch', 'UntypedStorage'), key, 'cpu', rows * columns)),
    0,
    tuple(rows, columns),
    tuple(columns, 1),
    false,
    call(global('collections', 'OrderedDict'), []),
    global('torch', 'float8_e4m3fn'),
  ]);
const codes = float8('0', [2, 2]);

test.each([
  ['weight_scale', [2, 1], [10, 20, -100, 50]],
  ['weight_scale', [2], [10, 20, -100, 50]],
  ['weight_scale_inv', [], [4, 8, -4, 2]],
  ['weight_scale', [1], [4, 8, -4, 2]],
  ['scale_weight', [1], [4, 8, -4, 2]],
])('8-bit floats are multiplied by %s of shape %j', (name, shape, values) => {
  const scale = tensor({ key: shape[0] === 2 ? '1' : '2', shape });
  const { tensors, notes } = decodeCheckpoint(
    torchFile({ content: dict({ 'a.weight': codes, [`a.${name}`]: scale }), storages }),
    'x.pt',
  );
  expect([...tensors.keys()]).toEqual(['a.weight']);
  expect([...tensors.get('a.weight')!.float32()]).toEqual(values);
  expect(notes).toEqual(['multiplied by its scale (8-bit floats): a.weight']);
});

test('a scale is applied before a mask', () => {
  const content = dict({
    'a.weight': codes,
    'a.weight_scale': tensor({ key: '2', shape: [] }),
    'a.mask': tensor({ key: '3', shape: [2, 2], type: 'BoolStorage' }),
  });
  const { tensors } = decodeCheckpoint(torchFile({ content, storages }), 'x.pt');
  expect([...tensors].map(([name, { float32 }]) => [name, [...float32()]])).toEqual([['a.weight', [4, 0, -0, 2]]]);
});

/** Ones of this shape, under a scale of 1, 2, 3 … of this one. */
function readOnes(shape: [number, number], scaleShape: number[]) {
  const [size, numbers] = [shape, scaleShape].map((extents) => extents.reduce((product, extent) => product * extent));
  const content = dict({
    'a.weight': float8('0', shape),
    'a.weight_scale_inv': tensor({ key: '1', shape: scaleShape }),
  });
  const scale = Float32Array.from({ length: numbers }, (_, i) => i + 1);
  return decodeCheckpoint(torchFile({ content, storages: { 0: new Uint8Array(size).fill(0x38), 1: scale } }), 'x.pt');
}

test('scales of blocks are of those, the last of which may be cut short where they are of 128', () => {
  for (const [rows, columns] of [
    [256, 256],
    [192, 129],
  ] as const) {
    const { tensors, notes } = readOnes([rows, columns], [2, 2]);
    const expected = Array.from(
      { length: rows * columns },
      (_, i) => 1 + 2 * Number(Math.floor(i / columns) >= 128) + Number(i % columns >= 128),
    );
    expect([...tensors.get('a.weight')!.float32()]).toEqual(expected);
    expect(notes).toEqual(['multiplied by its scale (8-bit floats, blocks of 128×128): a.weight']);
  }
  const { tensors, notes } = readOnes([2, 64], [2, 2]);
  const row = (first: number) => Array.from({ length: 64 }, (_, i) => first + Number(i >= 32));
  expect([...tensors.get('a.weight')!.float32()]).toEqual([...row(1), ...row(3)]);
  expect(notes).toEqual(['multiplied by its scale (8-bit floats, blocks of 1×32): a.weight']);
});

test.each<[string, Record<string, number[]>]>([
  ["How 'a.weight_scale' of shape 1×2×1 scales it is not known.", { weight_scale: [1, 2, 1] }],
  ["How 'a.weight_scale' of shape 2×4 scales it is not known.", { weight_scale: [2, 4] }],
  [
    "Beside it are 'a.weight_scale' of shape 2 and 'a.weight_scale_inv' of shape 2, and one may be its scale.",
    { weight_scale: [2], weight_scale_inv: [2] },
  ],
])('codes are not read without their scale: %s', (reason, scales) => {
  const beside = Object.entries(scales).map(([name, shape]) => [`a.${name}`, tensor({ key: '4', shape })]);
  const content = dict({ 'a.weight': codes, ...Object.fromEntries(beside) });
  const { tensors } = decodeCheckpoint(torchFile({ content, storages }), 'x.pt');
  expect([...tensors.keys()]).toEqual(['a.weight']);
  expect(() => tensors.get('a.weight')!.float32()).toThrow(
    expect.objectContaining({
      code: 'unsupported',
      problem: 'A tensor of dtype float8_e4m3fn with a scale and shape 2×2 cannot be read',
      hint: `${reason} In Python, save the product as float32 and leave the scale out.`,
    }),
  );
});

test('blocks whose extent is not certain are not guessed', () => {
  const { tensors } = readOnes([6, 4], [2, 1]);
  expect(() => tensors.get('a.weight')!.float32()).toThrow(/with a scale and shape 6×4 cannot be read/);
});

test('a list that is not of the rows is not taken for blocks of them', () => {
  const { tensors } = readOnes([256, 128], [128]);
  expect(() => tensors.get('a.weight')!.float32()).toThrow(
    expect.objectContaining({
      hint: expect.stringMatching(/^How 'a\.weight_scale_inv' of shape 128 scales it is not known\./),
    }),
  );
  expect([...readOnes([256, 128], [256]).tensors.get('a.weight')!.float32().slice(127, 129)]).toEqual([1, 2]);
});

describe('a float beside 8-bit floats that is called a scale by another name', () => {
  const read = (beside: Readonly<Record<string, Writable>>) =>
    decodeCheckpoint(torchFile({ content: dict({ 'a.weight': codes, ...beside }), storages }), 'x.pt').tensors;
  const scale = tensor({ key: '2', shape: [] });

  test.each(['a.scale', 'a.weight_scales', 'a.weight.scale', 'a.weightScale', 'a.scale_factor'])(
    'keeps them from being read: %s',
    (name) => {
      const tensors = read({ [name]: scale });
      expect(() => tensors.get('a.weight')!.float32()).toThrow(
        expect.objectContaining({
          code: 'unsupported',
          hint: `Beside it is '${name}' of shape scalar, which may be its scale. In Python, save the product as float32 and leave the scale out. If it has no scale, save tensor.float() in its place.`,
        }),
      );
      expect([...tensors.get(name)!.float32()]).toEqual([4]);
    },
  );

  test('does so beside a scale of a known name, too', () => {
    const tensors = read({ 'a.weight_scale': scale, 'a.weight_scale_2': scale });
    expect(() => tensors.get('a.weight')!.float32()).toThrow(
      expect.objectContaining({
        hint: expect.stringMatching(
          /^Beside it are 'a\.weight_scale' of shape scalar and 'a\.weight_scale_2' of shape scalar, and one may be its scale\./,
        ),
      }),
    );
  });

  test.each<[string, Readonly<Record<string, Writable>>]>([
    ['of activations', { 'a.input_scale': scale, 'a.scale_output': scale, 'a.act_scales': scale }],
    ['of another tensor', { 'a.bias': scale, 'a.bias_scale': scale }],
    ['of another layer', { 'b.scale': scale, scale }],
    ['of the same dtype, as in a network that was cast as a whole', { 'a.scale': float8('0', [2, 2]) }],
  ])('does not where it is %s', (_, beside) => {
    expect([...read(beside).get('a.weight')!.float32()]).toEqual([1, 2, -1, 0.5]);
  });
});
