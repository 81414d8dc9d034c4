import { renderWebFigure } from '@xinc/report';
import { expect, test } from 'vitest';
import { colorFigure } from './figure-colors.js';

const DARK = { surface: '#15181d', ink: '#e8e9ec', muted: '#aab0ba' };

test('background and letters of a figure that the report draws take the page’s colours, its colour bar keeps its own', async () => {
  const values = Float32Array.of(0, 1, 2, 3);
  const svg = await renderWebFigure({
    kind: 'raster',
    name: 'maps',
    title: 'Maps > all',
    caption: 'Of one & all.',
    panels: [{ title: 'neuron 1', height: 2, width: 2, pixels: { kind: 'values', values } }],
  });
  const colored = colorFigure(svg, DARK);
  const style = '<style>svg>rect:first-of-type{fill:#15181d}text{fill:#aab0ba}text[font-weight]{fill:#e8e9ec}</style>';
  expect(colored).toContain(`<rect width="100%" height="100%" fill="#ffffff"/>${style}<text`);
  expect(colored.replace(style, '')).toBe(svg);
});

test.each([
  '<svg viewBox="0 0 9 9"><rect width="100%" height="100%" fill="#ffffff"/></svg>',
  '<svg><title>a</title><desc>b</desc><text>c</text></svg>',
  'no picture',
])('%s is left as it is', (svg) => {
  expect(colorFigure(svg, DARK)).toBe(svg);
});
