import type { RasterScale } from '@xinc/core';
import { interpolateInferno, interpolateRdBu } from 'd3-scale-chromatic';

/** Colours that a map is drawn in; one more stands for values that are not finite, so that a PNG palette holds all. */
export const LEVELS = 255;

/** sRGB colours of a map from its lowest to its highest value, [LEVELS × 3] bytes. */
export type ColorTable = Uint8Array;

const tables = new Map<RasterScale['map'], ColorTable>();

/**
 * Inferno, perceptually uniform from black to pale yellow, for sequential scales; ColorBrewer's RdBu, blue below zero and
 * red above, for diverging ones. Both remain readable to colour-blind readers.
 */
export function colorTable(map: RasterScale['map']): ColorTable {
  const present = tables.get(map);
  if (present) return present;
  const color = map === 'diverging' ? (share: number) => interpolateRdBu(1 - share) : interpolateInferno;
  const table = Uint8Array.from(Array.from({ length: LEVELS }, (_, i) => parseColor(color(i / (LEVELS - 1)))).flat());
  tables.set(map, table);
  return table;
}

/** The same colours as CSS, evenly spaced, for gradients. */
export function colorStops(map: RasterScale['map'], count = 13): string[] {
  const table = colorTable(map);
  return Array.from({ length: count }, (_, i) => {
    const at = 3 * Math.round((i / (count - 1)) * (LEVELS - 1));
    return `rgb(${table[at]},${table[at + 1]},${table[at + 2]})`;
  });
}

/** Index into the colours of a scale; clamped at its ends, −1 where the value is not finite. */
export function levelOf(value: number, [low, high]: RasterScale['domain']): number {
  if (!Number.isFinite(value)) return -1;
  const share = high > low ? (value - low) / (high - low) : 0;
  return Math.round(Math.min(Math.max(share, 0), 1) * (LEVELS - 1));
}

/** Bytes of `#rrggbb`, `#rgb` or `rgb(r, g, b)`; grey where it is none of these. */
export function parseColor(color: string): [number, number, number] {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(color.trim())?.[1];
  if (hex) {
    const full = hex.length === 3 ? [...hex].map((digit) => digit + digit).join('') : hex;
    return [0, 2, 4].map((at) => Number.parseInt(full.slice(at, at + 2), 16)) as [number, number, number];
  }
  const parts = /^rgb\((\d+)\D+(\d+)\D+(\d+)\)$/i.exec(color.trim());
  return parts ? [Number(parts[1]), Number(parts[2]), Number(parts[3])] : [128, 128, 128];
}
