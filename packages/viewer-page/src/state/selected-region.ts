import type { Region } from '@xinc/kernels';

/** A part of the picture that a person marked, in pixels. */
export type SelectedRegion =
  | ({ readonly kind: 'rectangle' } & Region)
  | {
      readonly kind: 'lasso';
      /** Corners x, y (columns and rows, on pixel corners), at least three; the last one joins the first. */
      readonly corners: readonly (readonly [x: number, y: number])[];
    };

/** The pixels of a region: the smallest rectangle around them, and for each of its pixels whether it is inside. */
export interface PixelMask {
  readonly bounds: Region;
  /** [bounds.height · bounds.width], 1 inside. */
  readonly inside: Uint16Array;
  /** Number of pixels inside. */
  readonly pixels: number;
}

/** A pixel is inside a lasso if its centre is (even-odd rule). `null` if no pixel of the picture is inside. */
export function maskOf(region: SelectedRegion, height: number, width: number): PixelMask | null {
  const bounds = boundsOf(region, height, width);
  if (!bounds) return null;
  const inside = new Uint16Array(bounds.height * bounds.width);
  if (region.kind === 'rectangle') inside.fill(1);
  else {
    for (let row = 0; row < bounds.height; row++) {
      fillRow(region.corners, bounds, row, inside);
    }
  }
  const pixels = inside.reduce((sum, one) => sum + one, 0);
  return pixels > 0 ? { bounds, inside, pixels } : null;
}

/** Sets the pixels of a row whose centres lie between an odd and the next even crossing of the outline. */
function fillRow(
  corners: readonly (readonly [number, number])[],
  { top, left, width }: Region,
  row: number,
  inside: Uint16Array,
): void {
  const y = top + row + 0.5;
  const crossings: number[] = [];
  for (const [i, [x1, y1]] of corners.entries()) {
    const [x2, y2] = corners[(i + 1) % corners.length];
    if (y1 <= y !== y2 <= y) crossings.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
  }
  crossings.sort((a, b) => a - b);
  for (let i = 0; i + 1 < crossings.length; i += 2) {
    const from = Math.max(0, Math.ceil(crossings[i] - left - 0.5));
    const to = Math.min(width, Math.ceil(crossings[i + 1] - left - 0.5));
    if (to > from) inside.fill(1, row * width + from, row * width + to);
  }
}

function boundsOf(region: SelectedRegion, height: number, width: number): Region | null {
  const [top, left, bottom, right] =
    region.kind === 'rectangle'
      ? [region.top, region.left, region.top + region.height, region.left + region.width]
      : [
          Math.floor(Math.min(...region.corners.map(([, y]) => y))),
          Math.floor(Math.min(...region.corners.map(([x]) => x))),
          Math.ceil(Math.max(...region.corners.map(([, y]) => y))),
          Math.ceil(Math.max(...region.corners.map(([x]) => x))),
        ];
  const clamped = {
    top: Math.max(0, top),
    left: Math.max(0, left),
    bottom: Math.min(height, bottom),
    right: Math.min(width, right),
  };
  if (clamped.bottom <= clamped.top || clamped.right <= clamped.left) return null;
  return {
    top: clamped.top,
    left: clamped.left,
    height: clamped.bottom - clamped.top,
    width: clamped.right - clamped.left,
  };
}

/**
 * An outline with fewer corners: those are left out that lie within `tolerance` pixels of what remains
 * (Douglas and Peucker 1973).
 */
export function simplifyOutline(
  corners: readonly (readonly [number, number])[],
  tolerance: number,
): (readonly [number, number])[] {
  if (corners.length <= 3) return [...corners];
  const keep = new Uint8Array(corners.length);
  keep[0] = keep[corners.length - 1] = 1;
  const spans: [number, number][] = [[0, corners.length - 1]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [first, last] = span;
    let [farthest, distance] = [-1, tolerance];
    for (let i = first + 1; i < last; i++) {
      const away = distanceToSegment(corners[i], corners[first], corners[last]);
      if (away > distance) [farthest, distance] = [i, away];
    }
    if (farthest < 0) continue;
    keep[farthest] = 1;
    spans.push([first, farthest], [farthest, last]);
  }
  return corners.filter((_, i) => keep[i]);
}

function distanceToSegment(
  [x, y]: readonly [number, number],
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / length));
  return Math.hypot(x - x1 - t * dx, y - y1 - t * dy);
}
