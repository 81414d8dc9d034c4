import { encodeSafetensors } from '@xinc/core/formats';
import { expect, test } from 'vitest';
import { refusal } from '../test/refusals.js';
import { matchParameters } from './match/match-parameters.js';
import { tensorShapes } from './match/tensor-shapes.js';
import { decodeCheckpoint } from './read-checkpoint.js';

/** A file of this header and so many bytes of content, counting up. */
function file(header: unknown, contentBytes: number, headerLength?: number): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(headerLength ?? json.length));
  return new Uint8Array(Buffer.concat([length, json, Uint8Array.from({ length: contentBytes }, (_, i) => i)]));
}

const refused = (header: unknown, contentBytes: number) =>
  refusal('invalid-file', () => decodeCheckpoint(file(header, contentBytes), 'x')).message;

const f32 = (shape: number[], begin: number, end: number) => ({ dtype: 'F32', shape, data_offsets: [begin, end] });

test('reads what core writes', () => {
  const weight = { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
  const bytes = encodeSafetensors({ tensors: { 'a.weight': weight }, metadata: { model: 'ffn' } });
  const checkpoint = decodeCheckpoint(bytes, 'x.safetensors');
  expect(checkpoint).toMatchObject({ format: 'safetensors', metadata: { model: 'ffn' }, source: 'x.safetensors' });
  expect([...checkpoint.tensors.keys()]).toEqual(['a.weight']);
  expect(checkpoint.tensors.get('a.weight')!.float32()).toEqual(weight.data);
});

test.each([
  ['BF16', 2, 'bfloat16'],
  ['F16', 2, 'float16'],
  ['F64', 8, 'float64'],
  ['I64', 8, 'int64'],
  ['U8', 1, 'uint8'],
  ['BOOL', 1, 'bool'],
])('reads %s', (dtype, bytes, name) => {
  const header = { w: { dtype, shape: [3], data_offsets: [0, 3 * bytes] } };
  const tensor = decodeCheckpoint(file(header, 3 * bytes), 'x').tensors.get('w')!;
  expect(tensor.dtype).toBe(name);
  expect(tensor.float32()).toHaveLength(3);
});

test('a dtype that float32 cannot hold is refused when its values are asked for', () => {
  const header = { w: { dtype: 'C64', shape: [3], data_offsets: [0, 24] } };
  const tensor = decodeCheckpoint(file(header, 24), 'x').tensors.get('w')!;
  expect(tensor.shape).toEqual([3]);
  expect(refusal('unsupported', () => tensor.float32()).message).toContain('complex64');
});

test('complex numbers are read as pairs of their real and imaginary parts', () => {
  const header = { w: { dtype: 'C64', shape: [2, 1], data_offsets: [0, 16] } };
  const bytes = file(header, 16);
  bytes.set(new Uint8Array(Float32Array.of(1, -2, 3, 4.5).buffer), bytes.length - 16);
  const checkpoint = decodeCheckpoint(bytes, 'x');
  expect([...checkpoint.tensors.get('w')!.pairs!()]).toEqual([1, -2, 3, 4.5]);
  expect(tensorShapes(checkpoint)).toEqual({ w: [2, 1, 2] });
  const pair = { name: 'w', shape: [2, 1, 2], init: { kind: 'constant', value: 0 }, trainable: true } as const;
  expect([...matchParameters(checkpoint, [pair]).w.data]).toEqual([1, -2, 3, 4.5]);
});

test.each<[string, unknown, number]>([
  ['a tensor of 10 GB', { w: f32([50_000, 50_000], 0, 1e10) }, 16],
  ['a shape that is not its bytes', { w: f32([50_000, 50_000], 0, 16) }, 16],
  ['a negative extent', { w: f32([-1], 0, 4) }, 4],
  ['a fractional extent', { w: f32([0.5, 2], 0, 4) }, 4],
  ['an end before its begin', { w: f32([0], 4, 0) }, 4],
  ['a gap', { a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12],
  ['an overlap', { a: f32([2], 0, 8), b: f32([2], 4, 12) }, 12],
  ['bytes of no tensor', { a: f32([1], 0, 4) }, 8],
  ['one name twice', `{"a":${JSON.stringify(f32([1], 0, 4))},"a":${JSON.stringify(f32([1], 4, 8))}}`, 8],
  ['no offsets', { a: { dtype: 'F32', shape: [1] } }, 4],
  ['an entry that is null', { a: null }, 0],
  ['metadata that are not texts', { __metadata__: { a: 1 } }, 0],
  ['half a header', '{"a":', 0],
  ['endless nesting', `{"a":${'['.repeat(1e5)}`, 0],
])('refuses %s', (_, header, contentBytes) => {
  expect(refused(header, contentBytes)).toMatch(/^x: (the|a) (file|tensor)/);
});

test('says which tensor lies outside', () => {
  expect(refused({ w: f32([50_000, 50_000], 0, 1e10) }, 16)).toBe("x: the tensor 'w' does not lie inside the file");
});

test('a header longer than the file is no safetensors file', () => {
  expect(refusal('invalid-file', () => decodeCheckpoint(file({}, 0, 2 ** 50), 'x')).message).toContain('no checkpoint');
});

test('names from objects’ own workings are names like any other', () => {
  const header = `{"__proto__":${JSON.stringify(f32([1], 0, 4))},"constructor":${JSON.stringify(f32([1], 4, 8))}}`;
  const { tensors } = decodeCheckpoint(file(header, 8), 'x');
  expect([...tensors.keys()]).toEqual(['__proto__', 'constructor']);
});
