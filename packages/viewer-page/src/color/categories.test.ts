import { expect, it } from 'vitest';
import { categoryColor } from './categories.js';

/** Relative luminance (WCAG 2). */
function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

it.each([
  ['light', '#ffffff'],
  ['dark', '#16191d'],
] as const)('every category stands out from a %s page, and from every other', (theme, page) => {
  const colors = Array.from({ length: 8 }, (_, i) => categoryColor(i, theme));
  for (const color of colors) {
    const [low, high] = [luminance(color), luminance(page)].sort((a, b) => a - b);
    expect((high + 0.05) / (low + 0.05)).toBeGreaterThanOrEqual(3);
  }
  expect(new Set(colors).size).toBe(8);
  expect(categoryColor(8, theme)).toBe(colors[0]);
});
