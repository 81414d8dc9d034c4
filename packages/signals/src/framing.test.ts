import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { framingNotes, planFraming } from './framing.js';

const side = fc.integer({ min: 1, max: 3000 });
const extent = fc.record({ height: side, width: side });

describe('planFraming', () => {
  it('is the whole picture without options, and not worth a note', () => {
    const framing = planFraming('p.png', { height: 4, width: 6 });
    expect(framing).toEqual({
      original: { height: 4, width: 6 },
      region: { top: 0, left: 0, height: 4, width: 6 },
      output: { height: 4, width: 6 },
    });
    expect(framingNotes(framing)).toEqual([]);
  });

  it('crops inside the picture, off centre by at most one pixel', () => {
    fc.assert(
      fc.property(extent, extent, (original, other) => {
        const crop = {
          height: Math.min(original.height, other.height),
          width: Math.min(original.width, other.width),
        };
        const { region } = planFraming('p.png', original, { crop });
        const below = original.height - crop.height - region.top;
        const right = original.width - crop.width - region.left;
        expect([0, 1]).toContain(below - region.top);
        expect([0, 1]).toContain(right - region.left);
      }),
    );
  });

  it('with a longest side, gives that side and notes no change of aspect', () => {
    fc.assert(
      fc.property(extent, side, (original, longest) => {
        const framing = planFraming('p.png', original, { size: { longest } });
        expect(Math.max(framing.output.height, framing.output.width)).toBe(longest);
        expect(Math.min(framing.output.height, framing.output.width)).toBeGreaterThanOrEqual(1);
        if (Math.min(framing.output.height, framing.output.width) > 1) {
          expect(framingNotes(framing).join()).not.toContain('aspect');
        }
      }),
    );
  });

  it('refuses a frame beyond 100 megapixels', () => {
    expect(() => planFraming('p.png', { height: 2, width: 2 }, { size: { longest: 20_000 } })).toThrow(
      'p.png: a frame of 20000×20000 is more than 100 megapixels. Give a smaller `size`, such as `size: 512`.',
    );
  });
});
