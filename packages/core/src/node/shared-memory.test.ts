import { expect, test } from 'vitest';
import { SharedMemory } from './shared-memory.js';

const bufferOf = ({ value }: { readonly value: { readonly x: Float32Array } }) => value.x.buffer;

test('arrays are copied wherever they are in a value, and all else stays as it is', () => {
  const memory = new SharedMemory();
  const x = Float32Array.of(1, 2);
  const labels = Uint16Array.of(3);
  const counts = Uint32Array.of(4);
  const { value } = memory.share({ x, parts: [{ labels, name: 'a' }], counts, f: null });
  expect(value).toEqual({ x, parts: [{ labels, name: 'a' }], counts, f: null });
  expect(value.x.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(value.parts[0].labels.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(value.counts).toBe(counts);
  x[0] = 9;
  expect(value.x[0]).toBe(1);
});

test('what is freed is given out again to arrays of the same size, once, and not before', () => {
  const memory = new SharedMemory();
  const first = memory.share({ x: Float32Array.of(1, 2) });
  expect(bufferOf(memory.share({ x: Float32Array.of(3, 4) }))).not.toBe(bufferOf(first));
  first.free();
  first.free();
  expect(bufferOf(memory.share({ x: Float32Array.of(5) }))).not.toBe(bufferOf(first));
  const again = memory.share({ x: Float32Array.of(6, 7) });
  expect(bufferOf(again)).toBe(bufferOf(first));
  expect([...again.value.x]).toEqual([6, 7]);
  expect(bufferOf(memory.share({ x: Float32Array.of(8, 9) }))).not.toBe(bufferOf(first));
});

test('what was freed first goes where too much is kept, and what is larger than that at once', () => {
  const memory = new SharedMemory();
  const megabytes = (count: number) => memory.share({ x: new Float32Array(2 ** 18 * count) });
  const [old, newer, large] = [megabytes(1), megabytes(63), megabytes(65)];
  old.free();
  newer.free();
  expect(bufferOf(megabytes(1))).toBe(bufferOf(old));
  const [small, other] = [megabytes(2), megabytes(63)];
  expect(bufferOf(other)).toBe(bufferOf(newer));
  small.free();
  other.free();
  // 65 MB are more than is kept: the 2 MB went.
  expect(bufferOf(megabytes(2))).not.toBe(bufferOf(small));
  expect(bufferOf(megabytes(63))).toBe(bufferOf(other));
  large.free();
  expect(bufferOf(megabytes(65))).not.toBe(bufferOf(large));
});
