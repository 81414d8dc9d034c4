import { expect, test } from 'vitest';
import { TracingForecast } from './forecast-tracing.js';

test('tracing is told by the maps after the first ones, once', () => {
  const forecast = new TracingForecast();
  expect(forecast.text(10, 1000, 3)).toBeUndefined();
  expect(forecast.text(20, 1000, 6)).toBeUndefined();
  // 50 maps in 10 s.
  expect(forecast.text(60, 1000, 13)).toBe('By its first maps, tracing takes about 3 min 21 s in all.');
  expect(forecast.text(90, 1000, 19)).toBeUndefined();
});

test('nothing is said of what takes seconds', () => {
  const forecast = new TracingForecast();
  forecast.text(10, 100, 1);
  expect(forecast.text(60, 100, 7)).toBeUndefined();
});
