import { formatJson } from './formats/json.js';

const LONGEST = 120;
/** Control, bidirectional and other invisible characters, halves of surrogate pairs, and separators of lines. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * A name out of an untrusted file as it may stand in a message or on a terminal: control and bidirectional characters
 * escaped, long names cut.
 */
export function printable(name: string): string {
  return escapeUnprintable(name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name);
}

/** A text as it may be written to a terminal: as `printable`, but whole, and what parts its lines stays. */
export function printableLines(text: string): string {
  return text.split('\n').map(escapeUnprintable).join('\n');
}

/** `formatJson` as it may be written to a terminal: the same value, with the characters that JSON leaves as they are escaped too. */
export function printableJson(value: unknown): string {
  return formatJson(value).replace(UNPRINTABLE, (character) =>
    // JSON knows escapes of four digits alone: a character beyond them is two.
    Array.from({ length: character.length }, (_, i) => {
      const unit = character.charCodeAt(i).toString(16).padStart(4, '0');
      return `\\u${unit}`;
    }).join(''),
  );
}

function escapeUnprintable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
