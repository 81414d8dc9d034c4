import { describe, expect, test } from 'vitest';
import { valueDifference } from './compare-values.js';

class Kept {
  readonly #value: number;
  constructor(value: number) {
    this.#value = value;
  }
  get value() {
    return this.#value;
  }
}
const bytes = (...values: number[]) => Uint8Array.from(values).buffer;

describe('two values of one content are alike, and of another they are not', () => {
  test.each<readonly [string, (content: number) => unknown, string]>([
    ['numbers', (content) => content, ''],
    ['objects', (content) => ({ a: [content] }), 'a.0'],
    ['objects without a prototype', (content) => Object.assign(Object.create(null), { a: content }), 'a'],
    ['arrays of floats', (content) => Float32Array.of(1, content), '1'],
    ['arrays of large integers', (content) => BigInt64Array.of(1n, BigInt(content)), '1'],
    ['buffers', (content) => bytes(0, content), '1'],
    ['views of buffers', (content) => new DataView(bytes(0, content)), '1'],
    ['maps', (content) => new Map([['a', content]]), 'a'],
    ['sets', (content) => ({ set: new Set(['a', content]) }), 'set'],
    ['dates', (content) => ({ day: new Date(content) }), 'day.time'],
  ])('%s', (_what, make, path) => {
    expect(valueDifference(make(3), make(3))).toBeUndefined();
    expect(valueDifference(make(3), make(4))?.path).toBe(path);
  });
});

test('what nobody sees into is like nothing but itself', () => {
  const kept = new Kept(3);
  expect(kept.value).toBe(3);
  expect(valueDifference({ kept }, { kept })).toBeUndefined();
  expect(valueDifference({ kept }, { kept: new Kept(4) })?.path).toBe('kept');
});

test.each<readonly [string, unknown, unknown]>([
  ['a map and an object', new Map([['a', 1]]), { a: 1 }],
  ['a set and an array', new Set(['0']), ['0']],
  ['an array and an object', [1], { 0: 1 }],
  ['nothing and an object', null, {}],
  ['floats of two kinds', Float32Array.of(1), Float64Array.of(1)],
])('%s are not alike', (_what, a, b) => {
  expect(valueDifference(a, b)?.relative).toBe(Number.POSITIVE_INFINITY);
});
