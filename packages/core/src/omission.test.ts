import { expect, test } from 'vitest';
import { omissionSentences } from './omission.js';

test('layers left out for one reason are named in one sentence, with the frames of each', () => {
  expect(
    omissionSentences([
      { layer: 'layer1', frames: [0, 3], why: 'it is dead.' },
      { layer: 'layer3', why: 'it is broken.' },
      { layer: 'layer2', frames: [1], why: 'it is dead.' },
    ]),
  ).toEqual([
    'layer1 on frames 0 and 3 and layer2 on frame 1 were left out: it is dead.',
    'layer3 was left out: it is broken.',
  ]);
});

test('what is no layer is told by its own sentence', () => {
  expect(omissionSentences([{ why: 'The reconstruction was not drawn: it is NaN.' }])).toEqual([
    'The reconstruction was not drawn: it is NaN.',
  ]);
  expect(omissionSentences([])).toEqual([]);
});
