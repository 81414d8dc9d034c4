import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyRange, needsLength, parseFrameRange, rangeNotes, resolveFrameRange } from './frame-range.js';

describe('parseFrameRange', () => {
  it.each([
    ['0:30', { start: 0, stop: 30 }],
    ['10:', { start: 10 }],
    [':10', { stop: 10 }],
    ['::2', { step: 2 }],
    [':', {}],
    ['-8:', { start: -8 }],
    [':-1:3', { stop: -1, step: 3 }],
    [' 5 : 9 : 2 ', { start: 5, stop: 9, step: 2 }],
    ['7', { start: 7, stop: 8 }],
    ['-1', { start: -1 }],
    ['-3', { start: -3, stop: -2 }],
  ])('reads %j', (text, range) => {
    expect(parseFrameRange(text)).toEqual(range);
  });

  it.each(['', 'all', '1:2:3:4', '1.5:2', '0-30', '1,2'])('refuses %j', (text) => {
    expect(() => parseFrameRange(text)).toThrow(
      `\`frames: ${text}\`: expected START:STOP:STEP such as 0:30, 10:, ::2 or -8:, or one frame`,
    );
  });

  it.each(['::0', '1:5:-1'])('refuses the step of %j', (text) => {
    expect(() => parseFrameRange(text)).toThrow(`\`frames: ${text}\`: the step must be 1 or more`);
  });
});

describe('resolveFrameRange', () => {
  it('takes what Array.prototype.slice takes, every step-th of it', () => {
    const bound = fc.option(fc.integer({ min: -30, max: 30 }), { nil: undefined });
    const step = fc.option(fc.integer({ min: 1, max: 7 }), { nil: undefined });
    fc.assert(
      fc.property(bound, bound, step, fc.nat(25), (start, stop, step, length) => {
        const resolved = resolveFrameRange({ start, stop, step }, length);
        const taken = Array.from({ length: resolved.count }, (_, i) => resolved.start + i * resolved.step);
        const all = Array.from({ length }, (_, i) => i);
        expect(taken).toEqual(all.slice(start, stop).filter((_, i) => i % (step ?? 1) === 0));
      }),
    );
  });

  it('needs the length only for what is counted from the end', () => {
    expect(needsLength({ start: 3, stop: 9 })).toBe(false);
    expect(needsLength({ start: -3 })).toBe(true);
    expect(needsLength({ stop: -1 })).toBe(true);
    expect(resolveFrameRange({ start: 3, stop: 9, step: 4 }, Number.POSITIVE_INFINITY)).toEqual({
      start: 3,
      step: 4,
      count: 2,
    });
    expect(resolveFrameRange({ start: 3 }, Number.POSITIVE_INFINITY).count).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('what is said about a range', () => {
  it('names the frames there are when it takes none', () => {
    expect(emptyRange('clip.mp4', { start: 40 }, 30).message).toBe(
      '`frames: 40:` takes no frame: clip.mp4 has 30 frames, 0 to 29',
    );
    expect(emptyRange('clip.mp4', { start: 1, stop: 2 }, 1).message).toBe(
      '`frames: 1:2` takes no frame: clip.mp4 has one frame, 0',
    );
  });

  it('notes what was taken, and a clip that ends early', () => {
    expect(rangeNotes({}, 30)).toEqual([]);
    expect(rangeNotes({ start: 0, stop: 8, step: 2 }, 4, 4)).toEqual(['4 frames taken by `frames: 0:8:2`']);
    expect(rangeNotes({ stop: 50 }, 1, 50)).toEqual([
      '1 frame taken by `frames: :50`; the clip ends before the 50 asked for',
    ]);
    expect(rangeNotes({ step: 2 }, 15, Number.POSITIVE_INFINITY)).toEqual(['15 frames taken by `frames: ::2`']);
  });
});
