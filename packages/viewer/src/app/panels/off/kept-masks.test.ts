import { describe, expect, it } from 'vitest';
import { formatMasks, type KeptMask, keep, MOST_MASKS, parseMasks } from './kept-masks.js';

const mask = (name: string): KeptMask => ({
  name,
  off: { layer1: [0, 1, 2, 9], 'block 2': [17] },
  psnr: 31.5,
  before: null,
  frame: 4,
  weightsVersion: 1_700_000_000_123,
});

describe('kept masks', () => {
  it('come back from their text as they were', () => {
    const masks = [mask('sky'), mask('edges')];
    expect(parseMasks(formatMasks(masks))).toEqual(masks);
    expect(formatMasks(masks)).toContain('"0-2,9"');
  });

  it('have one of each name, newest first, and no more than fit', () => {
    const two = keep(keep([], mask('a')), mask('b'));
    expect(keep(two, { ...mask(' a '), frame: 7 }).map(({ name, frame }) => [name, frame])).toEqual([
      ['a', 7],
      ['b', 4],
    ]);
    const many = Array.from({ length: MOST_MASKS }, (_, i) => mask(`mask ${i}`));
    const kept = keep(many, mask('newest'));
    expect([kept.length, kept[0].name, kept.at(-1)!.name]).toEqual([MOST_MASKS, 'newest', `mask ${MOST_MASKS - 2}`]);
  });

  it('leave out what is malformed and keep the rest', () => {
    const good = JSON.parse(formatMasks([mask('good')]))[0];
    const bad = [
      null,
      3,
      { ...good, name: '' },
      { ...good, name: 7 },
      { ...good, off: {} },
      { ...good, off: { layer1: '3-1' } },
      { ...good, off: { layer1: '' } },
      { ...good, off: { layer1: [1] } },
      { ...good, psnr: 'high' },
      { ...good, frame: null },
    ];
    expect(parseMasks(JSON.stringify([...bad, good]))).toEqual([mask('good')]);
    expect(parseMasks('[{')).toEqual([]);
    expect(parseMasks('{"length": 1}')).toEqual([]);
  });
});
