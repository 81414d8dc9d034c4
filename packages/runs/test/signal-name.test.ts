import { expect, test } from 'vitest';
import { signalName } from '../src/signal-name.js';

test('a folder of frames is called as the folder that it is in', () => {
  expect(['clips/bear/frames', '/frames', 'frames', 'clips/bear', 'photo.png'].map(signalName)).toEqual([
    'bear',
    'frames',
    'frames',
    'bear',
    'photo.png',
  ]);
});
