import { expect, it } from 'vitest';
import { formatStars, parseStars, withStar } from './own-stars.js';

const stars = [
  { layer: 'block1', neuron: 21_334, note: 'the boat' },
  { layer: 'layer2', neuron: 3, note: '' },
];

it('keeps stars as the file of a run does, and reads them again', () => {
  expect(JSON.parse(formatStars(stars))).toEqual({ schema: 1, stars });
  expect(parseStars(formatStars(stars))).toEqual(stars);
});

it('leaves out what is malformed', () => {
  for (const text of ['', '{', 'null', '{}', '{"stars":3}']) expect(parseStars(text), text).toEqual([]);
  const wrong = [
    null,
    3,
    { layer: '', neuron: 1, note: '' },
    { layer: 'a', neuron: -1, note: '' },
    { layer: 'a', neuron: 1 },
  ];
  expect(parseStars(JSON.stringify({ stars: [...wrong, stars[0]] }))).toEqual([stars[0]]);
  expect(parseStars(JSON.stringify({ stars: [...stars, { ...stars[0], note: 'again' }] }))).toEqual(stars);
});

it('sets a star, changes its note in its place, and takes it away', () => {
  expect(withStar(stars, 'block1', 21_334, 'sail')).toEqual([{ ...stars[0], note: 'sail' }, stars[1]]);
  expect(withStar(stars, 'block1', 3, '')).toEqual([...stars, { layer: 'block1', neuron: 3, note: '' }]);
  expect(withStar(stars, 'block1', 21_334, null)).toEqual([stars[1]]);
  expect(withStar(stars, 'gone', 1, null)).toEqual(stars);
});
