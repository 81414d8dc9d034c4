import { expect, it } from 'vitest';
import { contributionScale } from '../../color/color-scale.js';
import { viewSvg } from './saved-view.js';

const view = {
  extents: { height: 100, width: 200 },
  zoom: { scale: 2, x: 0.25, y: 0.5 },
  layers: [{ address: 'data:image/png;base64,AA==', opacity: 0.5 }],
  caption: ['a <b> & "c"'],
  bars: [{ scale: contributionScale(0.5, false, 'light'), label: 'contribution c' }],
};

it('holds the part that is seen, the caption, and the colours with their ends and zero', () => {
  const { text, width, height } = viewSvg(view);
  expect(text).toContain('viewBox="0 25 100 50"');
  expect(text).toContain('opacity="0.5"');
  expect(text).toContain('>a &lt;b&gt; &amp; &quot;c&quot;</text>');
  for (const tick of ['−0.500', '0', '0.500', 'contribution c']) expect(text).toContain(`>${tick}</text>`);
  expect([width, height]).toEqual([1008, 616]);
});
