import { invalidSetting } from '@xinc/core';

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
 * A size in words: `128x256` or `128×256` (height first), or one number for the longer side.
 * @throws XincError `invalid-option` naming the forms expected.
 */
export function parseSize(text: string, setting = 'size'): Size {
  const longest = /^\s*(\d+)\s*$/.exec(text)?.[1];
  if (longest !== undefined) return { longest: parseSide(longest, text, setting) };
  return parseExtent(text, setting, 'HEIGHTxWIDTH such as 128x256, or one number for the longer side');
}

/**
 * An extent in words: `128x256` or `128×256` (height first).
 * @throws XincError `invalid-option` naming the form expected.
 */
export function parseCrop(text: string, setting = 'crop'): Extent {
  return parseExtent(text, setting, 'HEIGHTxWIDTH such as 128x256');
}

function parseExtent(text: string, setting: string, expected: string): Extent {
  const match = /^\s*(\d+)\s*[x×]\s*(\d+)\s*$/i.exec(text);
  if (!match) throw invalidSetting(setting, text, { expected });
  return { height: parseSide(match[1], text, setting), width: parseSide(match[2], text, setting) };
}

function parseSide(digits: string, text: string, setting: string): number {
  const side = Number(digits);
  if (side < 1 || side > MAX_SIDE) {
    throw invalidSetting(setting, text, { problem: `sides must be between 1 and ${MAX_SIDE} pixels` });
  }
  return side;
}
