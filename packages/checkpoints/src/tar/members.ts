import { printable } from '@xinc/core/formats';
import { latin1Text } from '../latin1.js';
import { malformed } from '../refusal.js';

const BLOCK = 512;
/** Bytes of further words on an entry; torch.save writes some tens. */
const MOST_WORDS = 65_536;

/** Whether a file may be a tar archive, by the format's name in the first header. */
export function isTar(bytes: Uint8Array): boolean {
  return latin1Text(bytes.subarray(257, 262)) === 'ustar';
}

/**
 * The files of a tar archive by their names, not copied. Blocks of 512 bytes: a header, then a file's contents, filled up with
 * zeros; two blocks of zeros end the archive, and nothing but zeros comes after them. What is no regular file is left out.
 */
export function readTarMembers(bytes: Uint8Array): Map<string, Uint8Array> {
  const members = new Map<string, Uint8Array>();
  let at = 0;
  for (;;) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.length < BLOCK) throw malformed('the tar archive is cut short: it has no end');
    if (isZero(header)) break;
    checkSum(header, at);
    const name = textIn(header, 0, 100);
    const size = numberIn(header, 124, 12, at);
    const start = at + BLOCK;
    const end = start + Math.ceil(size / BLOCK) * BLOCK;
    if (end > bytes.length) {
      throw malformed(
        `the tar archive is cut short: '${printable(name)}' is said to have ${size} bytes, and ${bytes.length - start} are there`,
      );
    }
    const content = bytes.subarray(start, start + size);
    const kind = latin1Text(header.subarray(156, 157));
    // Further words on the entry that follows: its time, in fractions of a second, is all that torch.save writes.
    const isWords = kind === 'x' || kind === 'g';
    if (isWords && size > MOST_WORDS) {
      throw malformed(`the tar archive has ${size} bytes of further words on an entry (${MOST_WORDS} are possible)`);
    }
    if (isWords && /(^|\n)\d+ (path|size)=/.test(latin1Text(content))) {
      throw malformed('the tar archive gives an entry another name or size than its header');
    }
    if (kind === '0' || kind === '\0') {
      if (members.has(name)) throw malformed(`the tar archive holds '${printable(name)}' twice`);
      members.set(name, content);
    }
    at = end;
  }
  if (bytes.length - at < 2 * BLOCK) throw malformed('the tar archive is cut short: it has no end');
  if (!isZero(bytes.subarray(at))) throw malformed('the file goes on after the end of the tar archive');
  return members;
}

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

const textIn = (header: Uint8Array, start: number, length: number): string =>
  latin1Text(header.subarray(start, start + length)).split('\0', 1)[0];

/** Octal digits; larger numbers, which would be no checkpoint's, are written otherwise. */
function numberIn(header: Uint8Array, start: number, length: number, at: number): number {
  const digits = textIn(header, start, length).trim();
  if (!/^[0-7]{1,11}$/.test(digits)) throw malformed(`the tar archive's header at byte ${at} holds no size`);
  return Number.parseInt(digits, 8);
}

/** The sum of the header's bytes, its own counted as spaces. */
function checkSum(header: Uint8Array, at: number): void {
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
  if (numberIn(header, 148, 8, at) !== sum) throw malformed(`the tar archive's header at byte ${at} is damaged`);
}
