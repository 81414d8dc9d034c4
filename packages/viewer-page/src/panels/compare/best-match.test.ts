import { expect, it } from 'vitest';
import { bestMatch, mapAt } from './best-match.js';

it('the best match has the largest correlation; NaN is none, and equals are told', () => {
  expect(bestMatch(Float64Array.of(0.2, Number.NaN, 0.9, -1))).toEqual({ neuron: 2, correlation: 0.9, ties: 0 });
  expect(bestMatch(Float64Array.of(Number.NaN, 0.5, 0.5 - 1e-12, 0.4))).toEqual({
    neuron: 1,
    correlation: 0.5,
    ties: 1,
  });
  expect(bestMatch(Float64Array.of(-0.5, -0.2))).toMatchObject({ neuron: 1 });
  expect(bestMatch(Float64Array.of(Number.NaN))).toBeNull();
  expect(bestMatch(new Float64Array())).toBeNull();
});

it('a map is put onto a picture of another size place by place', () => {
  const map = Float32Array.of(1, 2, 3, 4);
  const small = { height: 2, width: 2 };
  expect(mapAt(map, small, small)).toBe(map);
  expect([...mapAt(map, small, { height: 2, width: 4 })]).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
  expect([...mapAt(Float32Array.of(1, 2, 3, 4, 5, 6), { height: 1, width: 6 }, { height: 1, width: 2 })]).toEqual([
    2, 5,
  ]);
});
