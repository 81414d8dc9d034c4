import { expect, it } from 'vitest';
import { clampZoom, mostZoom, panBy, reveal, throughZoom, WHOLE, zoomAt, zoomSetting } from './zoom.js';

it('keeps what is under the pointer where it is', () => {
  const at = [0.3, 0.6] as const;
  const before = { scale: 2, x: 0.5, y: 0.5 };
  const [x, y] = throughZoom(zoomAt(before, 1.5, at, 100), at);
  expect([x, y]).toEqual(throughZoom(before, at).map((share) => expect.closeTo(share, 12)));
});

it('never shows what lies beside the picture', () => {
  expect(clampZoom({ scale: 4, x: 0, y: 1 })).toEqual({ scale: 4, x: 0.125, y: 0.875 });
  expect(zoomAt({ scale: 2, x: 0.25, y: 0.25 }, 0.1, [0, 0], 100)).toEqual(WHOLE);
  expect(panBy({ scale: 2, x: 0.5, y: 0.5 }, 0.25, -9)).toEqual({ scale: 2, x: 0.375, y: 0.75 });
});

it('goes no nearer than four pixels of the shorter side', () => {
  expect(mostZoom({ height: 16, width: 24 })).toBe(4);
  expect(mostZoom({ height: 2, width: 24 })).toBe(1);
  expect(zoomAt(WHOLE, 1000, [0.5, 0.5], 4).scale).toBe(4);
});

it('follows a pixel that leaves the view, and stays where it does not', () => {
  const zoom = { scale: 4, x: 0.5, y: 0.5 };
  expect(reveal(zoom, [0.55, 0.45])).toEqual(zoom);
  expect(reveal(zoom, [0.9, 0.5])).toEqual({ scale: 4, x: expect.closeTo(0.8, 12), y: 0.5 });
});

it('is written to the address and read back; what is no view is none', () => {
  const zoom = { scale: 4, x: 0.612, y: 0.35 };
  expect(zoomSetting.format(zoom)).toBe('400,6120,3500');
  expect(zoomSetting.parse('400,6120,3500')).toEqual(zoom);
  expect(zoomSetting.parse('0,0,0')).toBeUndefined();
  expect(zoomSetting.parse('400,10001,0')).toBeUndefined();
  expect(zoomSetting.parse('400,6120')).toBeUndefined();
});
