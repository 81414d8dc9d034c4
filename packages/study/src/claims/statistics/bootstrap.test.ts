import { expect, test } from 'vitest';
import { bootstrapInterval, effectOf, type SignalValues } from './bootstrap.js';

const one = (values: readonly number[], against?: readonly number[]): SignalValues => ({
  signal: 's',
  values,
  ...(against && { against }),
});

test('an effect is the mean over seeds, less that of the network compared with', () => {
  expect(effectOf(one([1, 2]))).toBe(1.5);
  expect(effectOf(one([1, 2], [4]))).toBe(-2.5);
});

test('signals are drawn, each with its seeds', () => {
  // rng = numpy.random.default_rng(0); x = [0.2, 0.5, 0.9, 1.4, 1.1, 0.3]
  // numpy.percentile(rng.choice(x, (1_000_000, 6)).mean(1), [2.5, 97.5])
  const signals = [0.2, 0.5, 0.9, 1.4, 1.1, 0.3].map((value) => one([value]));
  const { low, high } = bootstrapInterval(signals, 'a');
  expect(Math.abs(low - 0.4)).toBeLessThan(0.04);
  expect(Math.abs(high - 1.08333333)).toBeLessThan(0.04);
});

test('seeds that differ widen the interval of signals that are alike; those of two networks are drawn apart', () => {
  const alike = Array.from({ length: 5 }, () => one([1, 1]));
  expect(bootstrapInterval(alike, 'a')).toEqual({ low: 1, high: 1 });
  const seeds = bootstrapInterval(
    alike.map(() => one([0, 2])),
    'a',
  );
  // numpy.percentile(rng.choice([0, 2], (1_000_000, 5, 2)).mean((1, 2)), [2.5, 97.5])
  expect(seeds).toEqual({ low: expect.closeTo(0.4, 6), high: expect.closeTo(1.6, 6) });
  const apart = bootstrapInterval(
    alike.map(() => one([0, 2], [0, 2])),
    'a',
  );
  // The difference of two such means.
  expect(apart).toEqual({ low: expect.closeTo(-0.8, 6), high: expect.closeTo(0.8, 6) });
});

test('an interval is the same every time', () => {
  const signals = [1, 2.3, 4.1, 4.7, 5.9].map((value) => one([value, value + 1.3]));
  expect(bootstrapInterval(signals, 'a')).toEqual(bootstrapInterval(signals, 'a'));
  expect(bootstrapInterval(signals, 'a')).not.toEqual(bootstrapInterval(signals, 'b'));
});
