import { expect, it } from 'vitest';
import { mapCorrelations, mapMoments } from './map-moments.js';

const plane = Float32Array.of(1, 2, 3, 4);
const maps = Float32Array.of(1, 2, 3, 4, -2, -4, -6, -8, 1, -1, -1, 1, 5, 5, 5, 5, 0, 0, 0, 0);

it('moments of maps with a plane are sums over pixels', () => {
  expect([...mapMoments(maps, plane)]).toEqual([30, 10, 30, -60, -20, 120, 0, 0, 4, 50, 20, 100, 0, 0, 0]);
});

it('correlations are 1 for what is alike, −1 for its opposite, and none for what is the same everywhere', () => {
  const [same, opposite, none, constant, dead] = mapCorrelations(mapMoments(maps, plane), plane);
  expect(same).toBeCloseTo(1, 12);
  expect(opposite).toBeCloseTo(-1, 12);
  expect(none).toBe(0);
  expect(constant).toBeNaN();
  expect(dead).toBeNaN();
  const flat = Float32Array.of(0.1, 0.1, 0.1, 0.1);
  expect([...mapCorrelations(mapMoments(maps, flat), flat)].every(Number.isNaN)).toBe(true);
});

it('correlations do not depend on scale and offset', () => {
  const scaled = maps.slice(0, 12).map((value) => 1000 * value + 3000);
  const moved = mapCorrelations(mapMoments(scaled, plane), plane);
  expect(moved[0]).toBeCloseTo(1, 6);
  expect(moved[2]).toBeCloseTo(0, 6);
});
