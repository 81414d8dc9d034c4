import { expect, test } from 'vitest';
import { TrainingForecast, trainingForecast } from './forecast-training.js';

test('the time left is that of the steps after the first one, and of drawing the signal', () => {
  const work = { steps: 100, signal: 30 };
  const forecast = new TrainingForecast({ ...work, sampling: 'pixels' });
  expect(forecast.left(1, 50)).toBeUndefined();
  for (let step = 2; step < 11; step++) expect(forecast.left(step, 50 + 0.2 * (step - 1))).toBeUndefined();
  // 0.25 s a step: 89 more, and two fifths of 30 for drawing.
  expect(forecast.left(11, 52.5)).toBe(0.25 * (89 + 12));
  const ofFrames = new TrainingForecast({ ...work, sampling: 'frames' });
  ofFrames.left(1, 50);
  expect(ofFrames.left(11, 52.5)).toBe(0.25 * (89 + 18));
});

test('a step that takes long is measured alone', () => {
  const forecast = new TrainingForecast({ steps: 10, signal: 0, sampling: 'pixels' });
  expect(forecast.left(1, 20)).toBeUndefined();
  expect(forecast.left(2, 26)).toBe(6 * 8);
});

test('a training that goes on is measured by its own steps', () => {
  const forecast = new TrainingForecast({ steps: 1000, signal: 0, sampling: 'pixels' });
  forecast.left(901, 4);
  expect(forecast.left(911, 9)).toBe(0.5 * 89);
});

test('what takes long is told with its memory, and what takes seconds is not', () => {
  expect(trainingForecast(12_000, 2 * 2 ** 30, 4)).toBe(
    'Training takes about 3 h 20 min and 2.0 GB of memory, by its first 4 steps.',
  );
  expect(trainingForecast(12_000, 2 * 2 ** 30, 4, 30)).toMatch(/steps; less if it has 30 dB before\.$/);
  expect(trainingForecast(20, 2 * 2 ** 30, 4)).toBeUndefined();
});
