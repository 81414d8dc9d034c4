import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Camera, panned, type Room, toPlane, toScreen, WHOLE, zoomed } from './camera.js';

const pixel = fc.integer({ min: -2000, max: 4000 });
const place = fc.tuple(pixel, pixel);
const room: fc.Arbitrary<Room> = fc.record({
  width: fc.integer({ min: 50, max: 3000 }),
  height: fc.integer({ min: 50, max: 2000 }),
});
const coordinate = fc.double({ min: -5, max: 5, noNaN: true });
const camera: fc.Arbitrary<Camera> = fc.record({
  x: coordinate,
  y: coordinate,
  scale: fc.double({ min: 0.3, max: 100, noNaN: true }),
});

test('the whole plane lies in the room with y upward, its middle in the middle', () => {
  const wide = { width: 400, height: 200 };
  expect(toScreen(WHOLE, wide, [0, 0])).toEqual([200, 100]);
  expect(toScreen(WHOLE, wide, [2, 1])).toEqual([400, 0]);
  expect(toScreen(WHOLE, wide, [-2, -1])).toEqual([0, 200]);
});

test('a place of the screen is that of the plane that is drawn there', () => {
  fc.assert(
    fc.property(camera, room, place, (from, within, at) => {
      const [x, y] = toScreen(from, within, toPlane(from, within, at));
      expect(x).toBeCloseTo(at[0], 5);
      expect(y).toBeCloseTo(at[1], 5);
    }),
  );
});

test('moving by pixels moves all places by as many', () => {
  fc.assert(
    fc.property(camera, room, place, place, (from, within, by, at) => {
      const [x, y] = toScreen(panned(from, within, by), within, toPlane(from, within, at));
      expect(x).toBeCloseTo(at[0] + by[0], 5);
      expect(y).toBeCloseTo(at[1] + by[1], 5);
    }),
  );
});

test('zooming leaves what is under the pointer there, and ends at limits', () => {
  fc.assert(
    fc.property(camera, room, fc.double({ min: 0.01, max: 100, noNaN: true }), place, (from, within, factor, at) => {
      const near = zoomed(from, within, factor, at);
      const [x, y] = toScreen(near, within, toPlane(from, within, at));
      expect(x).toBeCloseTo(at[0], 3);
      expect(y).toBeCloseTo(at[1], 3);
      expect(near.scale).toBeGreaterThanOrEqual(0.2);
      expect(near.scale).toBeLessThanOrEqual(500);
    }),
  );
});
