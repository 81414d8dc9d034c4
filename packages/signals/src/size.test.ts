import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatExtent, parseCrop, parseSize } from './size.js';

const side = fc.integer({ min: 1, max: 65_535 });

describe('parseSize', () => {
  it('reads height first, with x, X or ×, and spaces around', () => {
    fc.assert(
      fc.property(side, side, fc.constantFrom('x', 'X', '×', ' x ', ' × '), (height, width, by) => {
        expect(parseSize(`${height}${by}${width}`)).toEqual({ height, width });
      }),
    );
  });

  it('reads back what is written in messages', () => {
    fc.assert(
      fc.property(side, side, (height, width) => {
        expect(parseSize(formatExtent({ height, width }))).toEqual({ height, width });
      }),
    );
  });

  it('reads one number as the longer side', () => {
    fc.assert(
      fc.property(side, (longest) => {
        expect(parseSize(` ${longest} `)).toEqual({ longest });
      }),
    );
  });

  it.each(['', '12x', 'x12', '12x12x12', '1.5x2', '-3x4', '1e3', 'large', '0x10FF x 2'])('refuses %j', (text) => {
    expect(() => parseSize(text)).toThrow(
      `\`size: ${text}\`: expected HEIGHTxWIDTH such as 128x256, or one number for the longer side`,
    );
  });

  it.each(['0', '0x10', '10x0', '65536', '10x999999999999999999999'])('refuses sides out of range: %s', (text) => {
    expect(() => parseSize(text)).toThrow(`\`size: ${text}\`: sides must be between 1 and 65535 pixels`);
  });
});

describe('parseCrop', () => {
  it('reads height and width', () => {
    expect(parseCrop('64x32')).toEqual({ height: 64, width: 32 });
  });

  it('needs both', () => {
    expect(() => parseCrop('64')).toThrow('`crop: 64`: expected HEIGHTxWIDTH such as 128x256');
  });
});
