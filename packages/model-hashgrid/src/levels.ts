/** One grid: its geometry and the rows of its table. */
export interface Level {
  /** A coordinate x of [0, 1] lies at x·scale + shift, in units of cells. */
  readonly scale: number;
  readonly shift: number;
  /** Rows between the places (0, 0) and (0, 1), where every place has a row of its own. */
  readonly stride: number;
  /** Places share rows by their hash. */
  readonly hashed: boolean;
  /** Rows of its table. */
  readonly entries: number;
  /** Row of the joined table at which its own begins. */
  readonly first: number;
}

/** What the geometry of the grids depends on. */
export interface GridSettings {
  readonly grid: GridRule;
  readonly levels: number;
  readonly tableSize: number;
  readonly baseResolution: number;
  readonly growth: number;
}

/** Tables have a multiple of so many rows. */
const ROUNDED = 8;
const rounded = (rows: number) => Math.ceil(rows / ROUNDED) * ROUNDED;

type Geometry = Omit<Level, 'first' | 'hashed'>;

/**
 * A grid of published code, from b = baseResolution · growth^level.
 *
 * - `instant-ngp`: tiny-cuda-nn's grid.h: x·(b − 1) + ½, ⌈b⌉ places a side (Müller et al. 2022, §3)
 * - `torch-ngp`: the same with ⌈b⌉ + 1 places a side
 * - `torch-ngp-corners`: torch-ngp with align_corners=True: x·(b − 1), ⌈b⌉ places a side, so that the outermost places are the picture's edges
 * - `hashnerf`: HashNeRF-pytorch: x·⌊b⌋; every table is whole, and every row found by hash
 */
const RULES = {
  'instant-ngp': (b: number, tableSize: number): Geometry => ngp(b, Math.ceil(b), tableSize),
  'torch-ngp': (b: number, tableSize: number): Geometry => ngp(b, Math.ceil(b) + 1, tableSize),
  'torch-ngp-corners': (b: number, tableSize: number): Geometry => ({ ...ngp(b, Math.ceil(b), tableSize), shift: 0 }),
  hashnerf: (b: number, tableSize: number): Geometry => ({
    scale: Math.floor(b),
    shift: 0,
    stride: Number.POSITIVE_INFINITY,
    entries: tableSize,
  }),
};

const ngp = (b: number, stride: number, tableSize: number): Geometry => ({
  scale: b - 1,
  shift: 0.5,
  stride,
  entries: Math.min(tableSize, rounded(stride ** 2)),
});

export type GridRule = keyof typeof RULES;
export const GRID_RULES = Object.keys(RULES) as [GridRule, ...GridRule[]];

/** The grids, coarse to fine. */
export function levelsOf({ grid, levels, tableSize, baseResolution, growth }: GridSettings): Level[] {
  let first = 0;
  return Array.from({ length: levels }, (_, level) => {
    // What is a whole number but for rounding is one.
    const b = Number((baseResolution * growth ** level).toPrecision(12));
    const geometry = RULES[grid](b, tableSize);
    const found = { ...geometry, hashed: geometry.stride ** 2 > geometry.entries, first };
    first += geometry.entries;
    return found;
  });
}

/**
 * What a place of a cell is taken as before it is interpolated linearly, from 0 to 1: itself, or, with `smoothstep`, 3f² − 2f³, as
 * tiny-cuda-nn and torch-ngp do where they are asked to.
 */
const INTERPOLATIONS = {
  linear: (f: number) => f,
  smoothstep: (f: number) => f * f * (3 - 2 * f),
};

export type Interpolation = keyof typeof INTERPOLATIONS;
export const INTERPOLATION_NAMES = Object.keys(INTERPOLATIONS) as [Interpolation, ...Interpolation[]];

/** Rows of all tables. */
export function entriesOf(levels: readonly Level[]): number {
  return levels.reduce((sum, { entries }) => sum + entries, 0);
}

/** Corners of a cell. */
export const CORNERS = 4;
/** The second factor of the hash; the first is 1 (Müller et al. 2022, §3). */
const PRIME = 2654435761;

/** The rows that pixels read, and their weights: [P, levels · 4] each, rows counted in the joined table. */
export interface Lookups {
  readonly rows: Float32Array;
  readonly weights: Float32Array;
}

/** @param coordinates [P, 2] in [0, 1]; the first is the one whose neighbours are in neighbouring rows */
export function lookUp(
  levels: readonly Level[],
  coordinates: Float32Array,
  interpolation: Interpolation = 'linear',
): Lookups {
  const smooth = INTERPOLATIONS[interpolation];
  const pixels = coordinates.length / 2;
  const columns = CORNERS * levels.length;
  const found = { rows: new Float32Array(pixels * columns), weights: new Float32Array(pixels * columns) };
  for (const [l, level] of levels.entries()) {
    for (let p = 0; p < pixels; p++) {
      const [x, y] = [0, 1].map((axis) => coordinates[2 * p + axis] * level.scale + level.shift);
      const [column, row] = [Math.floor(x), Math.floor(y)];
      const [right, down] = [smooth(x - column), smooth(y - row)];
      const at = p * columns + CORNERS * l;
      for (let corner = 0; corner < CORNERS; corner++) {
        const [dx, dy] = [corner & 1, corner >> 1];
        found.rows[at + corner] = level.first + rowOf(level, column + dx, row + dy);
        found.weights[at + corner] = (dx === 1 ? right : 1 - right) * (dy === 1 ? down : 1 - down);
      }
    }
  }
  return found;
}

/** Row of a place in its level's table. */
function rowOf({ hashed, stride, entries }: Level, x: number, y: number): number {
  return (hashed ? (x ^ Math.imul(y, PRIME)) >>> 0 : x + y * stride) % entries;
}
