import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitted, textWidth, wrapped } from './text-width.js';

test('wide letters take more than narrow ones, and width grows with the font', () => {
  expect(textWidth('WWW', 10)).toBeGreaterThan(textWidth('iii', 10) * 2);
  expect(textWidth('漢字', 10)).toBe(20);
  expect(textWidth('abc', 20)).toBeCloseTo(2 * textWidth('abc', 10));
});

test('wrapped lines fit, and hold every word that fits a line', () => {
  fc.assert(
    fc.property(fc.lorem({ maxCount: 12 }), fc.integer({ min: 120, max: 400 }), (text, width) => {
      const lines = wrapped(text, width, 11);
      for (const line of lines) expect(textWidth(line, 11)).toBeLessThanOrEqual(width);
      expect(lines.join(' ')).toBe(text.split(/\s+/).join(' '));
    }),
  );
});

test('what does not fit is cut with an ellipsis', () => {
  expect(fitted('contribution', 1000, 10)).toBe('contribution');
  const cut = fitted('contribution of neurons', 60, 10);
  expect(cut).toMatch(/^contr.*…$/);
  expect(textWidth(cut, 10)).toBeLessThanOrEqual(60);
  expect(wrapped('', 10, 10)).toEqual(['']);
});
