import { printable } from '@xinc/core/formats';
import { malformed } from '../refusal.js';
import { BigInteger } from '../value.js';

/** Integers of more bytes than this are no part of a checkpoint, and slow to convert. */
const LONGEST_INTEGER = 1024;

/** Little-endian two's complement, as Python's `LONG1` holds it; a number where it fits one exactly. */
export function integerFromBytes(bytes: Uint8Array): number | BigInteger {
  if (bytes.length > LONGEST_INTEGER) throw malformed(`the pickle holds an integer of ${bytes.length} bytes`);
  const value = BigInt(`0x0${Buffer.from(bytes).reverse().toString('hex')}`);
  return narrowed(BigInt.asIntN(8 * bytes.length, value));
}

/** A decimal integer in text: `12`, `-3L`; `00` and `01` are how protocol 0 writes booleans. */
export function integerFromText(text: string): number | BigInteger | boolean {
  if (text === '00') return false;
  if (text === '01') return true;
  if (text.length > LONGEST_INTEGER || !/^[+-]?\d+L?$/.test(text)) throw malformed(badNumber(text));
  return narrowed(BigInt(text.replace(/^\+|L$/g, '')));
}

/** A float as Python's repr writes it, `nan` and `-inf` included. */
export function floatFromText(text: string): number {
  const special = /^([+-]?)(nan|inf)$/i.exec(text);
  if (special) return special[2].toLowerCase() === 'nan' ? Number.NaN : special[1] === '-' ? -Infinity : Infinity;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) throw malformed(badNumber(text));
  return Number(text);
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** A Python 2 string as its repr: quoted, with backslash escapes. */
export function stringFromRepr(repr: string): string {
  const quote = repr[0];
  if (repr.length < 2 || (quote !== "'" && quote !== '"') || repr.at(-1) !== quote) {
    throw malformed('the pickle holds a string without its quotes');
  }
  return repr
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|([\s\S]))/g, (_, hex?: string, octal?: string, letter?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
      return SIMPLE_ESCAPES[letter!] ?? letter!;
    });
}

/** Python's `raw-unicode-escape`: Latin-1 in which \u and \U escape code points. */
export function stringFromRawUnicode(text: string): string {
  return text.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (whole, short?: string, long?: string) => {
    const codePoint = Number.parseInt(short ?? long!, 16);
    return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : whole;
  });
}

function narrowed(value: bigint): number | BigInteger {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : new BigInteger(value);
}

function badNumber(text: string): string {
  return `the pickle holds a number that is none: '${printable(text)}'`;
}
