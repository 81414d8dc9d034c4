import type { CheckpointLayout, Shape } from '@xinc/core';
import { configSchema, type HashGridConfig, MOST_ENTRIES, MOST_LAYERS, MOST_LEVELS } from './config.js';
import { entriesOf, type GridSettings, levelsOf } from './levels.js';
import { repaired } from './nearest.js';
import { joinedTable, separateTable } from './network.js';

type Shapes = Readonly<Record<string, Shape>>;

/** What of a state dict are tables of features, and what are dense layers behind them. */
interface Found {
  /** Names of the tables: one of all levels, or one a level. */
  readonly tables: readonly string[];
  readonly features: number;
  readonly levels: number;
  /** Names of the weights of the dense layers, input side first. */
  readonly weights: readonly string[];
  /** Shapes by name, mended where what is there makes no whole network. */
  readonly shapes: Shapes;
}

const natural = new Intl.Collator('en', { numeric: true });
const MOST_FEATURES = 8;
const TABLE = /(^|[._])(embeddings?|tables?|grids?)(\.\d+)?(\.(weight|embeddings?|table))?$/i;
/** This model's own names, `table` and `level3.table`, among them. */
const OWN_LEVEL = /(^|\.)level\d+\.table$/;

/** A whole network, or what comes nearest to one, so that a table of what was expected shows the tensor that is wrong. */
function find(shapes: Shapes): Found | undefined {
  const whole = findWhole(shapes);
  if (whole) return whole;
  for (const mended of repaired(shapes, tablesOf(shapes))) {
    const found = findWhole(mended);
    if (found) return found;
  }
  return undefined;
}

function tablesOf(shapes: Shapes): readonly string[] {
  const isTable = (name: string) =>
    shapes[name].length === 2 && shapes[name][1] <= MOST_FEATURES && (TABLE.test(name) || OWN_LEVEL.test(name));
  return Object.keys(shapes).filter(isTable).sort(natural.compare);
}

/** Tables, and dense layers that lead from their features to three channels, if that is all there is. */
function findWhole(shapes: Shapes): Found | undefined {
  const names = Object.keys(shapes);
  const tables = tablesOf(shapes);
  if (tables.length === 0 || tables.length > MOST_LEVELS) return undefined;
  // A layer whose weight is not there leaves a gap that others may seem to close.
  if (names.some((name) => name.endsWith('bias') && !(name.replace(/bias$/, 'weight') in shapes))) return undefined;
  const features = shapes[tables[0]][1];
  if (!tables.every((name) => shapes[name][1] === features)) return undefined;
  const matrices = names.filter((name) => shapes[name].length === 2 && /weight$/.test(name) && !tables.includes(name));
  if (matrices.length === 0 || matrices.length > MOST_LAYERS) return undefined;
  const inputs = (name: string) => shapes[name][1];
  // In the order of the file, or by their numbers.
  const weights = [matrices, [...matrices].sort(natural.compare)].find(
    (order) =>
      order.every((name, i) => i === 0 || inputs(name) === shapes[order[i - 1]][0]) &&
      shapes[order[order.length - 1]][0] === 3,
  );
  const levels = weights ? inputs(weights[0]) / features : Number.NaN;
  if (!weights || !Number.isInteger(levels) || levels > MOST_LEVELS) return undefined;
  if (tables.length !== 1 && tables.length !== levels) return undefined;
  return { tables, features, levels, weights, shapes };
}

/** The parameters' names in the file. */
export function layoutOf(shapes: Shapes): CheckpointLayout | undefined {
  const found = find(shapes);
  if (!found) return undefined;
  const { tables, weights } = found;
  const named = isJoined(found)
    ? [[joinedTable, tables[0]]]
    : tables.map((name, level) => [separateTable(level), name]);
  const dense = weights.flatMap((weight, i) => [
    [`layer${i + 1}.weight`, weight],
    [`layer${i + 1}.bias`, weight.replace(/weight$/, 'bias')],
  ]);
  return { name: 'hash grid', names: Object.fromEntries([...named, ...dense]) };
}

const isJoined = ({ tables, levels }: Found): boolean => tables.length === 1 && levels !== 1;

/** What the shapes show. Of the geometry that is the size of the tables alone, where each level's is known. */
export function inferConfig(shapes: Shapes, values: Values): Partial<HashGridConfig> {
  const found = findDense(shapes);
  if (!found) return {};
  const { features, levels, weights, hidden } = found;
  const { tableSize } = entriesOfLevels(found, values).length === levels ? assumeGeometry(shapes, values) : {};
  return {
    levels,
    features,
    layers: weights.length,
    ...(hidden.length > 0 && { width: hidden[0] }),
    tables: isJoined(found) ? 'joined' : 'separate',
    ...(tableSize !== undefined && { tableSize }),
  };
}

/** @param values of the tensor that says where each level begins in the joined table, as torch-ngp's `offsets` */
type Values = ((name: string) => readonly number[] | undefined) | undefined;

/** As {@link find}, with the widths of the hidden layers, if they are one. */
function findDense(shapes: Shapes): (Found & { readonly hidden: readonly number[] }) | undefined {
  const found = find(shapes);
  const hidden = found?.weights.slice(0, -1).map((name) => found.shapes[name][0]) ?? [];
  return found && new Set(hidden).size <= 1 ? { ...found, hidden } : undefined;
}

/** Rows of each level's table, or of all together where the file does not say more. */
function entriesOfLevels({ tables, levels, shapes }: Found, values: Values): readonly number[] {
  const rows = tables.map((name) => shapes[name][0]);
  if (rows.length === levels) return rows;
  const offsets = values?.(Object.keys(shapes).find((name) => /(^|\.)offsets$/.test(name)) ?? '');
  const begins = offsets?.length === levels + 1 && offsets.every((at, i) => i === 0 || at > offsets[i - 1]);
  return begins ? offsets.slice(1).map((end, level) => end - offsets[level]) : rows;
}

/** Values that published configurations have. */
export const BASES = [16, 8, 32, 4, 64];
export const GROWTHS = [1.5, 2, 1.26, 1.3819, 1.4, 1.38, 1.405, 1.6407];
export const TABLE_SIZES = Array.from({ length: 15 }, (_, i) => 2 ** (8 + i));
/** The finest grid is one of these, where the growth was set by it. */
const FINEST = [256, 512, 1024, 2048, 4096, 128, 64];

/**
 * The first published geometry whose tables have the rows of these; that it is the only one they do not show. Where none has, one of which a
 * single table of several has other rows, so that a table of what was expected shows which.
 */
export function assumeGeometry(shapes: Shapes, values: Values): Partial<GridSettings> {
  const network = findDense(shapes);
  if (!network) return {};
  const { levels } = network;
  const entries = entriesOfLevels(network, values);
  if (entries.reduce((sum, rows) => sum + rows, 0) > MOST_ENTRIES) return {};
  const exact = publishedGeometry(entries, levels, 0);
  if (exact || entries.length !== levels || levels < 3) return exact ?? {};
  return publishedGeometry(entries, levels, 1) ?? {};
}

/** @param wrong how many tables may have other rows */
function publishedGeometry(
  entries: readonly number[],
  levels: number,
  wrong: 0 | 1,
): Partial<GridSettings> | undefined {
  const known = entries.length === levels;
  const total = entries.reduce((sum, rows) => sum + rows, 0);
  const largest = [...entries].sort((a, b) => b - a)[wrong];
  const fits = (settings: GridSettings) => {
    const found = levelsOf(settings);
    if (!known) return entriesOf(found) === total;
    return found.filter((level, i) => level.entries !== entries[i]).length <= wrong;
  };
  const typical = wrong === 0 ? entries : entries.map((rows) => (rows === largest ? rows : Math.min(rows, largest)));
  for (const { grid, baseResolution } of publishedGrids(typical, known)) {
    const growths = [...GROWTHS, ...FINEST.map((finest) => (finest / baseResolution) ** (1 / Math.max(1, levels - 1)))];
    for (const growth of growths.filter((value) => value >= 1 && value <= 4)) {
      for (const tableSize of TABLE_SIZES.filter((size) => !known || size >= largest)) {
        const geometry = { grid, tableSize, baseResolution, growth };
        if (fits({ ...geometry, levels }) && configSchema.safeParse(geometry).success) return geometry;
      }
    }
  }
  return undefined;
}

/** Rules and coarsest grids, the likeliest first. */
function publishedGrids(entries: readonly number[], known: boolean): Pick<GridSettings, 'grid' | 'baseResolution'>[] {
  const ngp = ['instant-ngp', 'torch-ngp', 'torch-ngp-corners'] as const;
  // Tables of one size are HashNeRF-pytorch's, unless all of them are as large as a table may be.
  const whole = known && new Set(entries).size === 1;
  const side = Math.floor(Math.sqrt(entries[0]));
  // The places of a coarse grid have a row each, filled up to a multiple of 8.
  const bases = [...BASES, ...(known ? [side, side - 1, side - 2].filter((base) => !BASES.includes(base)) : [])];
  const hashed = { grid: 'hashnerf', baseResolution: BASES[0] } as const;
  const others = bases.flatMap((baseResolution) => ngp.map((grid) => ({ grid, baseResolution })));
  return whole ? [hashed, ...others] : [...others, hashed];
}
