import { expect, test } from 'vitest';
import { colorFigure } from './figure-colors.js';

const DARK = { surface: '#15181d', ink: '#e8e9ec', muted: '#aab0ba' };

test('background and letters of a raster figure take the page’s colours, its pictures and colour bars keep theirs', () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>A &gt; b</title><desc>c</desc><rect width="100%" height="100%" fill="#ffffff"/><text font-weight="600">A</text><rect fill="url(#bar)"/></svg>';
  const colored = colorFigure(svg, DARK);
  expect(colored.replace(/<style>.*<\/style>/, '')).toBe(svg);
  expect(colored).toContain(
    'fill="#ffffff"/><style>svg>rect:first-of-type{fill:#15181d}text{fill:#aab0ba}text[font-weight]{fill:#e8e9ec}</style><text',
  );
});

test.each([
  '<svg viewBox="0 0 9 9"><rect width="100%" height="100%" fill="#ffffff"/></svg>',
  '<svg><title>a</title><desc>b</desc><text>c</text></svg>',
  'no picture',
])('%s is left as it is', (svg) => {
  expect(colorFigure(svg, DARK)).toBe(svg);
});
