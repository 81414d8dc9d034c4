import { expect, test } from 'vitest';
import { namesOf, pairLabels } from './names.js';

test('signals are called by the part of their path in which they differ', () => {
  expect(namesOf(['clips/bear/frames', 'clips/deer/frames'])).toEqual(['bear', 'deer']);
  expect(namesOf(['a/my clip (2).mp4', 'b/street.png'])).toEqual(['my-clip-2', 'street']);
  expect(namesOf(['photos/bear.jpg'])).toEqual(['bear']);
});

test('no two signals have one name, however they are written', () => {
  expect(namesOf(['a/x.png', 'a/x.jpg'])).toEqual(['x', 'x-2']);
  expect(namesOf(['a/Bear.png', 'b/bear.png'])).toEqual(['a', 'b']);
  const bear = { name: 'bear', path: 'clips/bear/frames' };
  expect(namesOf(['clips/deer/frames'], [bear])).toEqual(['deer']);
  expect(namesOf(['others/bear.png'], [bear])).toEqual(['others']);
  const taken = ['BEAR', ...process.cwd().split(/[\\/]/)].map((name) => ({ name, path: name }));
  expect(namesOf(['bear.png'], taken)).toEqual(['bear-2']);
});

test('labels are told by name, else by folder, else by their order', () => {
  const photos = ['photos/bear.jpg', 'photos/deer.jpg'];
  expect(pairLabels(photos, ['masks/deer.png'])).toEqual({ by: 'name', labels: [undefined, 'masks/deer.png'] });
  const clips = ['clips/bear/frames', 'clips/deer/frames', 'clips/elk/frames'];
  expect(pairLabels(clips, ['clips/elk/labels', 'clips/bear/labels'])).toEqual({
    by: 'folder',
    labels: ['clips/bear/labels', undefined, 'clips/elk/labels'],
  });
  expect(pairLabels(photos, ['masks/1.png', 'masks/2.png'])).toEqual({
    by: 'order',
    labels: ['masks/1.png', 'masks/2.png'],
  });
});

test('labels that could be of several signals are refused', () => {
  expect(() => pairLabels(['photos/bear.jpg', 'photos/deer.jpg'], ['masks/1.png'])).toThrow(
    'It is not clear which of 2 signals the 1 labels are of. Give one for each signal, in their order, or write them into study.yaml.',
  );
});
