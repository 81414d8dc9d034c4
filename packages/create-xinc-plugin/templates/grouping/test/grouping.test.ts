import { groupSizes } from '@xinc/core';
import { checkGrouping } from '@xinc/core/testing';
import { describe, expect, test } from 'vitest';
import plugin from '../src/index.js';

/** A grey picture of one row. */
const picture = (brightness: readonly number[]) => ({
  height: 1,
  width: brightness.length,
  rgb: Float32Array.from(brightness.flatMap((value) => [value, value, value])),
});

async function bandsOf(brightness: readonly number[], chosen: object) {
  const frame = picture(brightness);
  const context = { frame: 0, seed: 0, signal: { kind: 'image', frames: 1, height: 1, width: frame.width } } as const;
  return plugin.label(frame, plugin.options.parse(chosen), context);
}

test('is what a reviewer would let pass', async () => {
  const measured = await checkGrouping(plugin);
  for (const { groups } of measured) expect(groups).toBe(4);
});

describe('bands', () => {
  test('have equally many pixels, darkest first', async () => {
    const map = await bandsOf([0.9, 0.1, 0.2, 0.3, 0.8, 0.4], { bands: 3 });
    expect([...map.labels]).toEqual([2, 0, 0, 1, 2, 1]);
    expect([...groupSizes(map)]).toEqual([2, 2, 2]);
  });

  test('are equal parts of the range, some of them without pixels, where that is asked for', async () => {
    const map = await bandsOf([0.05, 0.1, 0.9], { bands: 4, split: 'range' });
    expect([...groupSizes(map)]).toEqual([2, 0, 0, 1]);
  });

  test('never part pixels of one brightness', async () => {
    const map = await bandsOf([0.5, 0.5, 0.5, 0.5], { bands: 4 });
    expect(new Set(map.labels).size).toBe(1);
  });

  test('are the same on all frames of a video', async () => {
    const [dark, bright] = [picture([0.1, 0.2]), picture([0.7, 0.8])];
    const label = await plugin.fit!([async () => dark, async () => bright], plugin.options.parse({ bands: 2 }));
    expect([...(await label(dark)).labels]).toEqual([0, 0]);
    expect([...(await label(bright)).labels]).toEqual([1, 1]);
  });
});

test('the short form is the number of bands', () => {
  expect(plugin.options.parse(plugin.parse!('8'))).toEqual({ bands: 8, split: 'pixels' });
  expect(plugin.options.safeParse(plugin.parse!('many')).success).toBe(false);
});
