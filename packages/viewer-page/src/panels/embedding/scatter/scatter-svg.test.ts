import { expect, test } from 'vitest';
import { WHOLE } from './camera.js';
import { scatterSvg } from './scatter-svg.js';

test('points within the room are drawn where they are on screen, in their colours, those selected last', () => {
  const { text, width, height } = scatterSvg({
    places: Float32Array.of(0, 0, 1, 0.5, 9, 9),
    categories: [1, 0, 0],
    colors: ['#111111', '#222222'],
    selected: [0],
    camera: WHOLE,
    room: { width: 400, height: 200 },
    size: 6,
    opacity: 0.9,
    faded: 0.45,
  });
  expect([width, height]).toEqual([400, 200]);
  expect(text.split('\n')).toEqual([
    '<circle cx="300.0" cy="50.0" r="3" fill="#111111" fill-opacity="0.45"/>',
    '<circle cx="200.0" cy="100.0" r="3" fill="#222222" fill-opacity="0.9"/>',
  ]);
});
