import { interpolateInferno, interpolateRdBu } from 'd3-scale-chromatic';

/** 256 colours as RGBA in one 32-bit number each, in the byte order of canvases. */
export type ColorTable = Uint32Array;
/** `sequential`: from zero up. `diverging`: blue below zero, red above. */
export type ColorMap = 'sequential' | 'diverging';

const SIZE = 256;

/**
 * Perceptually even maps that remain readable to colour-blind readers: inferno, and d3's RdBu turned round, as in
 * reports. On dark pages the diverging map is dark at zero, since white over most of a picture would outshine the rest.
 */
export function colorTable(map: ColorMap, theme: 'light' | 'dark'): ColorTable {
  const key = map === 'diverging' ? `${map} ${theme}` : map;
  const present = tables.get(key);
  if (present) return present;
  const color = map === 'sequential' ? interpolateInferno : theme === 'light' ? lightDiverging : darkDiverging;
  const table = Uint32Array.from({ length: SIZE }, (_, i) => packed(color(i / (SIZE - 1))));
  tables.set(key, table);
  return table;
}

const tables = new Map<string, ColorTable>();

const lightDiverging = (share: number) => interpolateRdBu(1 - share);

/** Lightness rises evenly (CIELAB 9 → 88) from the middle to both ends; the hues are RdBu's. */
const BELOW = ['#15181d', '#1c3a57', '#1f6396', '#3f93cf', '#8cc4ef', '#d6ebfb'];
const ABOVE = ['#15181d', '#552024', '#97312f', '#d95745', '#f79f84', '#fde2d5'];

function darkDiverging(share: number): string {
  const side = share < 0.5 ? BELOW : ABOVE;
  const at = Math.min(1, Math.abs(2 * share - 1)) * (side.length - 1);
  const from = Math.min(side.length - 2, Math.floor(at));
  const [a, b] = [channelsOf(side[from]), channelsOf(side[from + 1])];
  const mixed = a.map((value, i) => Math.round(value + (at - from) * (b[i] - value)));
  return `rgb(${mixed.join(', ')})`;
}

/** `#rrggbb` or `rgb(r, g, b)`. */
function channelsOf(color: string): readonly number[] {
  if (color.startsWith('#')) return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  return color.match(/\d+/g)!.map(Number);
}

function packed(color: string): number {
  const [r, g, b] = channelsOf(color);
  // Canvases are RGBA bytes, and every browser's platform is little-endian.
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

/** CSS colours of a table from its low to its high end. */
export function cssColors(table: ColorTable, count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const value = table[Math.round((i / (count - 1)) * (SIZE - 1))];
    return `rgb(${value & 255}, ${(value >> 8) & 255}, ${(value >> 16) & 255})`;
  });
}
