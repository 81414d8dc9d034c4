import { XincError } from '@xinc/core';

/** Height and width in pixels. */
export interface Extent {
  readonly height: number;
  readonly width: number;
}

/** The size asked for: exact, or the longer side with the aspect ratio kept. */
export type Size = Extent | { readonly longest: number };

/** `128×256`: how extents are written in messages. */
export function formatExtent({ height, width }: Extent): string {
  return `${height}×${width}`;
}

/** No side of a picture may be longer. */
const MAX_SIDE = 65_535;

/**
 * The value of `--size`: `128x256` or `128×256` (height first), or one number for the longer side.
 * @throws XincError `invalid-option` naming the forms expected.
 */
export function parseSize(text: string, option = '--size'): Size {
  const longest = /^\s*(\d+)\s*$/.exec(text)?.[1];
  if (longest !== undefined) return { longest: parseSide(longest, text, option) };
  return parseExtent(text, option, 'HEIGHTxWIDTH such as 128x256, or one number for the longer side');
}

/**
 * The value of `--crop`: `128x256` or `128×256` (height first).
 * @throws XincError `invalid-option` naming the form expected.
 */
export function parseCrop(text: string, option = '--crop'): Extent {
  return parseExtent(text, option, 'HEIGHTxWIDTH such as 128x256');
}

function parseExtent(text: string, option: string, expected: string): Extent {
  const match = /^\s*(\d+)\s*[x×]\s*(\d+)\s*$/i.exec(text);
  if (!match) throw new XincError('invalid-option', `${option} ${text}: expected ${expected}`, { subject: option });
  return { height: parseSide(match[1], text, option), width: parseSide(match[2], text, option) };
}

function parseSide(digits: string, text: string, option: string): number {
  const side = Number(digits);
  if (side < 1 || side > MAX_SIDE) {
    throw new XincError('invalid-option', `${option} ${text}: sides must be between 1 and ${MAX_SIDE} pixels`, {
      subject: option,
    });
  }
  return side;
}
