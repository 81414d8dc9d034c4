import type { Frame } from '@xinc/core';
import { describe, expect, it } from 'vitest';
import { expectSoundResult } from '../../test/figures.js';
import { analyzeInMemory, type MemoryLayer, type MemoryRun, noisyLayer } from '../../test/memory-context.js';
import { motion } from './motion.js';

const [height, width] = [24, 32];
const pixels = height * width;

/** A bright bar of 4 columns that starts at this one. */
const bar = (from: number) => (p: number) => (p % width >= from && p % width < from + 4 ? 1 : 0);
const frame = (from: number): Frame => ({
  height,
  width,
  rgb: Float32Array.from({ length: 3 * pixels }, (_, i) => bar(from)(Math.floor(i / 3))),
});
/** Neurons that paint the bar. */
const painters: MemoryLayer = {
  id: 'block1',
  neurons: 3,
  maps: [6, 9, 12].map((from) =>
    Float32Array.from({ length: 3 * pixels }, (_, i) => (1 + Math.floor(i / pixels)) * bar(from)(i % pixels)),
  ),
};
const run: MemoryRun = { height, width, layers: [painters], pictures: [6, 9, 12].map(frame) };
/** 1 where the bar was or is. */
const given = (from: number) =>
  Float32Array.from({ length: pixels }, (_, p) => (bar(6 + 3 * from)(p) !== bar(9 + 3 * from)(p) ? 3 : 0));

describe('motion', () => {
  it('compares the change of contributions with the flow that is given', async () => {
    const asked: number[][] = [];
    const result = await analyzeInMemory(motion, {
      ...run,
      abilities: {
        async flow(from, to) {
          asked.push([from, to]);
          return given(from);
        },
      },
    });
    expectSoundResult(result);
    expect(asked).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect(result.findings).toEqual([
      'Rank correlation over pixels of the change of contributions with optical flow, mean over frames: 1 in block1.',
    ]);
    expect(result.arrays.map(({ name, frame, shape }) => [name, frame, shape])).toEqual([
      ['change', 1, [24, 32]],
      ['flow', 1, [24, 32]],
      ['change', 2, [24, 32]],
      ['flow', 2, [24, 32]],
    ]);
    expect(Math.max(...result.arrays[0].data)).toBe(6);
    expect(result.figures.map(({ name }) => name)).toEqual([
      'correlation-over-time',
      'motion-frame-0001',
      'motion-frame-0002',
    ]);
  });

  it('leaves out pixels whose flow is unknown', async () => {
    const holes = given(0).map((value, p) => (p < 5 * width ? (p % 2 === 0 ? Number.NaN : 1e10) : value));
    const result = await analyzeInMemory(motion, {
      ...run,
      layers: [{ ...painters, maps: painters.maps.slice(0, 2) }],
      abilities: { flow: async () => holes },
    });
    expectSoundResult(result);
    expect(result.tables[0].rows[0].slice(4)).toEqual([expect.closeTo(3 * (6 / 32), 6), 1, 1]);
  });

  it('leaves out a layer whose frame before is not finite', async () => {
    const before = painters.maps[0].slice().fill(Number.NaN, 0, 3);
    const broken: MemoryRun = {
      ...run,
      layers: [{ ...painters, maps: [before, painters.maps[1]] }],
      abilities: { flow: async () => new Float32Array(pixels) },
    };
    await expect(analyzeInMemory(motion, broken)).rejects.toThrow(
      'No layer has a change to measure: block1 on frame 1 was left out: contributions to the frame before are NaN or infinite (check the weights).',
    );
  });

  it('says so where nothing moves, with no number', async () => {
    const still: MemoryRun = {
      ...run,
      layers: [{ ...painters, maps: [painters.maps[0], painters.maps[0]] }],
      pictures: [frame(6), frame(6)],
      abilities: { flow: async () => new Float32Array(pixels) },
    };
    const result = await analyzeInMemory(motion, still);
    expectSoundResult(result);
    expect(result.findings[0]).toContain('not defined (nothing moves or changes) in block1');
    expect(result.tables[0].rows[0].slice(5)).toEqual([Number.NaN, Number.NaN]);
  });

  it('refuses what has no frame before it, and flow of another size', async () => {
    await expect(analyzeInMemory(motion, { ...run, layers: [noisyLayer('layer1', 2, pixels)] })).rejects.toThrow(
      'Motion needs a video, and this image has one frame',
    );
    await expect(analyzeInMemory(motion, { ...run, frames: [0] })).rejects.toThrow(
      'Motion is measured from the frame before, and only frame 0 is analysed. Choose later frames, for instance `frames: 1:8`.',
    );
    await expect(
      analyzeInMemory(motion, { ...run, abilities: { flow: async () => new Float32Array(7) } }),
    ).rejects.toThrow(
      'The optical flow from frame 0 to frame 1 has 7 pixels, the frames have 768. Give one of 24×32 pixels.',
    );
  });

  it('measures both change and flow from the frame before, whichever frames are analysed', async () => {
    const asked: number[][] = [];
    const flow = async (from: number, to: number) => {
      asked.push([from, to]);
      return given(from);
    };
    const all = await analyzeInMemory(motion, { ...run, abilities: { flow } });
    const some = await analyzeInMemory(motion, { ...run, frames: [0, 2], abilities: { flow } });
    expectSoundResult(some);
    expect(asked.slice(2)).toEqual([[1, 2]]);
    expect(some.tables[0].rows).toEqual([all.tables[0].rows[1]]);
    expect(some.tables[0].rows[0].slice(0, 2)).toEqual([1, 2]);
    expect(some.arrays).toEqual(all.arrays.slice(2));
    expect(some.figures.map(({ title }) => title)).toEqual(['Change of contributions from frame 1 to frame 2']);
  });

  it('leaves out a dead frame and measures the others', async () => {
    const maps = [painters.maps[0], new Float32Array(3 * pixels), painters.maps[2]];
    const abilities = { flow: async () => given(0) };
    const result = await analyzeInMemory(motion, { ...run, layers: [{ ...painters, maps }], abilities });
    expectSoundResult(result);
    expect(result.tables[0].rows.map((row) => row[1])).toEqual([2]);
    expect(result.omissions).toEqual([
      'block1 on frame 1 was left out: all of its 3 neurons are dead, they contribute nothing.',
    ]);
  });
});
