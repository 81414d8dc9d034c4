import { describe, expect, test } from 'vitest';
import { printable, printableJson, printableLines } from './printable.js';

describe('text out of files', () => {
  test.each([
    ['colours and cursors', 'a\x1b[31mb\x1b[2Jc', 'a\\u{1b}[31mb\\u{1b}[2Jc'],
    ['the title of the window', '\x1b]0;owned\x07', '\\u{1b}]0;owned\\u{7}'],
    ['escapes of one byte', '\x9b31m', '\\u{9b}31m'],
    ['the direction of writing', 'x\u202egnp.exe', 'x\\u{202e}gnp.exe'],
    ['what returns to the beginning of a line', 'safe\rxinc: done', 'safe\\u{d}xinc: done'],
    ['halves of characters', '\ud800', '\\u{d800}'],
    ['invisible characters beyond 16 bits', '\u{e0041}', '\\u{e0041}'],
  ])('cannot change %s', (_, given, shown) => {
    expect(printable(given)).toBe(shown);
    expect(printableLines(`${given}\n${given}`)).toBe(`${shown}\n${shown}`);
  });

  test('is left as it is otherwise', () => {
    expect(printableLines('Straße · 漢字 · 2×3\n  ½ ✓')).toBe('Straße · 漢字 · 2×3\n  ½ ✓');
  });

  test('is one line and of bounded length as a name', () => {
    expect(printable('a\nb')).toBe('a\\u{a}b');
    expect(printable('a'.repeat(500))).toHaveLength(121);
  });

  test('is the same value as JSON, without such characters', () => {
    const value = { name: '\x1b[31m\x9b2J\u202e\u{e0041}\ud800é漢' };
    const json = printableJson(value);
    expect(JSON.parse(json)).toEqual(value);
    expect(json).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
  });
});
