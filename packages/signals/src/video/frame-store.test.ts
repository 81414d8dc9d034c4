import { expect, test } from 'vitest';
import { FrameStore } from './frame-store.js';

const extent = { height: 1, width: 2 };
const kept = (values: readonly number[]) => {
  const store = new FrameStore('clip', extent, 1, true);
  store.add({ ...extent, rgb: Float32Array.from(values) });
  return [...store.get(0).rgb];
};

test('8-bit values come back as they were', () => {
  for (let byte = 0; byte < 256; byte += 5) {
    const value = Math.fround(byte / 255);
    expect(kept([value, value, value, 0, 1, value])).toEqual([value, value, value, 0, 1, value]);
  }
});

test('one value between them keeps all of the frame at 16 bits', () => {
  const between = Math.fround(12_345 / 65_535);
  const byte = Math.fround(100 / 255);
  expect(kept([between, byte, 0, 1, byte, byte])).toEqual([between, byte, 0, 1, byte, byte]);
});

test('as many frames fit as their bytes do', () => {
  const large = { height: 30_000, width: 30_000 };
  expect(() => new FrameStore('clip', large, 1, false)).toThrow(
    'clip: 1 frames of 30000×30000 or more do not fit in 4 GiB',
  );
  expect(() => new FrameStore('clip', large, 1, true)).not.toThrow();
});
