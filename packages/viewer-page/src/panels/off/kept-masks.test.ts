import { describe, expect, it } from 'vitest';
import { formatMasks, type KeptMask, keep, LONGEST_NAME, MOST_MASKS, parseMasks } from './kept-masks.js';

const mask = (name: string): KeptMask => ({
  name,
  off: { layer1: [0, 1, 2, 9], 'block 2': [17] },
  psnr: 31.5,
  before: Infinity,
  frame: 4,
  weightsVersion: 1_700_000_000_123,
});

describe('kept masks', () => {
  it('come back from their text as they were', () => {
    const masks = [mask('sky'), mask('edges')];
    expect(parseMasks(formatMasks(masks))).toEqual(masks);
    expect(formatMasks(masks)).toContain('"0-2,9"');
  });

  const names = (masks: readonly KeptMask[]) => masks.map((one) => one.name);

  it('are kept newest first', () => {
    const { masks, note } = keep([mask('a')], mask(' b '));
    expect(names(masks)).toEqual(['b', 'a']);
    expect(note).toBeUndefined();
  });

  it('are measured anew under the same name, and that is said', () => {
    const { masks, note } = keep([mask('b'), mask('a')], { ...mask('a'), frame: 7 });
    expect(masks.map(({ name, frame }) => [name, frame])).toEqual([
      ['a', 7],
      ['b', 4],
    ]);
    expect(note).toBe('‘a’ was kept already, and is measured anew.');
  });

  it('get a number where another has their name, and that is said', () => {
    const other = (name: string, neuron: number): KeptMask => ({ ...mask(name), off: { layer1: [neuron] } });
    const second = keep([mask('a')], other('a', 1));
    expect(second.note).toBe('There is another ‘a’: this one is kept as ‘a (2)’.');
    expect(names(keep(second.masks, other('a', 2)).masks)).toEqual(['a (3)', 'a (2)', 'a']);
    const long = 'x'.repeat(LONGEST_NAME);
    const [numbered] = keep([mask(long)], other(long, 1)).masks;
    expect(numbered.name).toHaveLength(LONGEST_NAME);
    expect(numbered.name).toMatch(/x \(2\)$/);
    expect(names(parseMasks(formatMasks([mask('a'), other('a', 1)])))).toEqual(['a', 'a (2)']);
  });

  it('are not kept where there is no room, and none of the others goes', () => {
    const many = Array.from({ length: MOST_MASKS }, (_, i) => mask(`mask ${i}`));
    expect(keep(many, mask('newest'))).toEqual({
      masks: many,
      note: 'Nothing was kept: a run has room for 60. Forget one first.',
    });
    expect(keep(many, { ...many[3], frame: 7 }).masks).toHaveLength(MOST_MASKS);
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
    expect(parseMasks(JSON.stringify([{ ...good, before: null }]))).toEqual([mask('good')]);
    expect(parseMasks(formatMasks([{ ...mask('good'), psnr: Number.NaN }]))[0].psnr).toBeNaN();
    expect(parseMasks('[{')).toEqual([]);
    expect(parseMasks('{"length": 1}')).toEqual([]);
  });
});
