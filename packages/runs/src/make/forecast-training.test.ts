import { expect, test } from 'vitest';
import { TrainingForecast, trainingForecast } from './forecast-training.js';

test('the time left is that of the steps after the first one, and of drawing the signal', () => {
  const forecast = new TrainingForecast({ steps: 100, signal: 30 });
  expect(forecast.left(1, 50)).toBeUndefined();
  expect(forecast.left(2, 52)).toBeUndefined();
  expect(forecast.left(3, 54)).toBeUndefined();
  // 2 s a step: 96 more, and half of 30 for drawing.
  expect(forecast.left(4, 56)).toBe(2 * (96 + 15));
});

test('a step that takes long is measured alone', () => {
  const forecast = new TrainingForecast({ steps: 10, signal: 0 });
  expect(forecast.left(1, 20)).toBeUndefined();
  expect(forecast.left(2, 26)).toBe(6 * 8);
});

test('a training that goes on is measured by its own steps', () => {
  const forecast = new TrainingForecast({ steps: 1000, signal: 0 });
  forecast.left(901, 4);
  expect(forecast.left(904, 7)).toBe(96);
});

test('what takes long is told with its memory, and what takes seconds is not', () => {
  expect(trainingForecast(12_000, 2 * 2 ** 30, 4)).toBe(
    'Training takes about 3 h 20 min and 2.0 GB of memory, by its first 4 steps.',
  );
  expect(trainingForecast(20, 2 * 2 ** 30, 4)).toBeUndefined();
});
