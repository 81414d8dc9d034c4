import { expect, test } from 'vitest';
import type { Network } from '../network.js';
import type { Frame, Signal } from '../signal.js';
import { measureFrames } from './measure-frames.js';

const frame = (...values: number[]): Frame => ({ height: 1, width: 1, rgb: Float32Array.from(values) });
const wanted = [frame(0.5, 0.5, 0.5), frame(1, 0, 0), frame(0, 0, 0)];
const signal = {
  shape: { kind: 'video', frames: 3, height: 1, width: 1 },
  frame: async (index: number) => wanted[index],
} as unknown as Signal;

/** A network that draws these pictures, with what it was asked for. */
function drawing(pictures: readonly Frame[], asked: number[]): Network {
  return {
    async reconstruct(index: number) {
      asked.push(index);
      return pictures[index];
    },
  } as unknown as Network;
}

test('frames are compared in their order, clamped, each while the next one is drawn', async () => {
  const asked: number[] = [];
  const pictures = [frame(0.4, 0.5, 0.5), frame(7, -3, 0), frame(Number.NaN, 0, 0)];
  const drawnBy: number[] = [];
  const measured = [];
  for await (const one of measureFrames(drawing(pictures, asked), signal)) {
    drawnBy.push(asked.length);
    measured.push(one);
  }
  expect(asked).toEqual([0, 1, 2]);
  expect(drawnBy).toEqual([2, 3, 3]);
  expect(measured[0].psnr).toBeCloseTo(10 * Math.log10(3 / 0.01), 5);
  expect(measured.slice(1)).toEqual([
    { psnr: Number.POSITIVE_INFINITY, nanPixels: 0 },
    { psnr: Number.NaN, nanPixels: 1 },
  ]);
});

test('whoever stops comparing has nothing drawn any more', async () => {
  const asked: number[] = [];
  for await (const _ of measureFrames(drawing(wanted, asked), signal)) break;
  expect(asked).toEqual([0, 1]);
});
