import { type Frame, omissionSentences } from '@xinc/core';
import { describe, expect, it } from 'vitest';
import { expectSoundResult } from '../../test/figures.js';
import { analyzeInMemory, type MemoryLayer, type MemoryRun, noisyLayer } from '../../test/memory-context.js';
import { motionBy } from './motion.js';

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

/** The analysis by a flow that is known: which frames it was asked for, and how often it was closed. */
function motionWith(flow: (from: number) => Float32Array) {
  const asked: number[][] = [];
  let closed = 0;
  const numberOf = ({ rgb }: Frame) => (Math.floor(rgb.indexOf(1) / 3) - 6) / 3;
  const motion = motionBy(async () => ({
    async magnitude(before, now) {
      const from = numberOf(before);
      asked.push([from, numberOf(now)]);
      return flow(from);
    },
    async close() {
      closed++;
    },
  }));
  return { motion, asked, closed: () => closed };
}

const still = () => new Float32Array(pixels);

describe('motion', () => {
  it('compares the change of contributions with optical flow', async () => {
    const { motion, asked, closed } = motionWith(given);
    const result = await analyzeInMemory(motion, run);
    expectSoundResult(result);
    expect(asked).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect(closed()).toBe(1);
    expect(result.findings).toEqual([
      "Over pixels, the rank correlation between the change of contributions and the optical flow is 1 in block1 (Spearman's ρ, mean over frames). Above zero, contributions change where the picture moves.",
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

  it('leaves out a layer whose frame before is not finite', async () => {
    const before = painters.maps[0].slice().fill(Number.NaN, 0, 3);
    const broken: MemoryRun = {
      ...run,
      layers: [{ ...painters, maps: [before, painters.maps[1]] }],
    };
    await expect(analyzeInMemory(motionWith(still).motion, broken)).rejects.toThrow(
      'No layer has a change to measure: block1 on frame 1 was left out: contributions to the frame before are NaN or infinite (check the weights).',
    );
  });

  it('says so where nothing moves, with no number', async () => {
    const stillRun: MemoryRun = {
      ...run,
      layers: [{ ...painters, maps: [painters.maps[0], painters.maps[0]] }],
      pictures: [frame(6), frame(6)],
    };
    const result = await analyzeInMemory(motionWith(still).motion, stillRun);
    expectSoundResult(result);
    expect(result.findings[0]).toContain('not defined (nothing moves or changes) in block1');
    expect(result.tables[0].rows[0].slice(5)).toEqual([Number.NaN, Number.NaN]);
  });

  it('refuses what has no frame before it', async () => {
    const { motion } = motionWith(still);
    await expect(analyzeInMemory(motion, { ...run, layers: [noisyLayer('layer1', 2, pixels)] })).rejects.toThrow(
      'Motion needs a video, and this image has one frame',
    );
    await expect(analyzeInMemory(motion, { ...run, frames: [0] })).rejects.toThrow(
      'Motion is measured from the frame before, and only frame 0 is analysed. Choose later frames, for instance `frames: 1:8`.',
    );
  });

  it('measures both change and flow from the frame before, whichever frames are analysed', async () => {
    const { motion, asked } = motionWith(given);
    const all = await analyzeInMemory(motion, run);
    const some = await analyzeInMemory(motion, { ...run, frames: [0, 2] });
    expectSoundResult(some);
    expect(asked.slice(2)).toEqual([[1, 2]]);
    expect(some.tables[0].rows).toEqual([all.tables[0].rows[1]]);
    expect(some.tables[0].rows[0].slice(0, 2)).toEqual([1, 2]);
    expect(some.arrays).toEqual(all.arrays.slice(2));
    expect(some.figures.map(({ title }) => title)).toEqual(['Change of contributions from frame 1 to frame 2']);
  });

  it('leaves out a dead frame and measures the others', async () => {
    const maps = [painters.maps[0], new Float32Array(3 * pixels), painters.maps[2]];
    const { motion } = motionWith(() => given(0));
    const result = await analyzeInMemory(motion, { ...run, layers: [{ ...painters, maps }] });
    expectSoundResult(result);
    expect(result.tables[0].rows.map((row) => row[1])).toEqual([2]);
    expect(omissionSentences(result.omissions!)).toEqual([
      'block1 on frame 1 was left out: all of its 3 neurons are dead, they contribute nothing.',
    ]);
  });
});
