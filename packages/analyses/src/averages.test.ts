import { describe, expect, it } from 'vitest';
import { mean, median, quantile } from './averages.js';

describe('averages', () => {
  it("interpolate quantiles as NumPy's default does and pass over what is not finite", () => {
    expect(quantile([4, 1, 3, 2], 0.25)).toBeCloseTo(1.75, 12);
    expect(quantile([10, Number.NaN, 20], 0.9)).toBeCloseTo(19, 12);
    expect(median([5, 1, 9, 7])).toBe(6);
    expect(mean([1, 2, 6])).toBe(3);
  });

  it('are NaN of nothing', () => {
    expect(median([Number.NaN])).toBeNaN();
    expect(mean([])).toBeNaN();
  });
});
