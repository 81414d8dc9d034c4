import type { CheckpointLayout, Shape } from '@xinc/core';
import { configSchema, type HashGridConfig, MOST_ENTRIES } from './config.js';
import { entriesOf, type GridRule, type GridSettings, levelsOf } from './levels.js';
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
}

const natural = new Intl.Collator('en', { numeric: true });
const MOST_FEATURES = 8;
const MOST_LAYERS = 16;
const TABLE = /(^|[._])(embeddings?|tables?|grids?)(\.\d+)?(\.(weight|embeddings?|table))?$/i;
/** This model's own names, `table` and `level3.table`, among them. */
const OWN_LEVEL = /(^|\.)level\d+\.table$/;

/** Tables, and dense layers that lead from their features to three channels, if that is all there is. */
function find(shapes: Shapes): Found | undefined {
  const names = Object.keys(shapes).sort(natural.compare);
  const isTable = (name: string) =>
    shapes[name].length === 2 && shapes[name][1] <= MOST_FEATURES && (TABLE.test(name) || OWN_LEVEL.test(name));
  const tables = names.filter(isTable);
  const features = tables.length > 0 ? shapes[tables[0]][1] : 0;
  if (tables.length === 0 || !tables.every((name) => shapes[name][1] === features)) return undefined;
  const matrices = (among: readonly string[]) =>
    among.filter((name) => shapes[name].length === 2 && /weight$/.test(name) && !isTable(name));
  const inputs = (name: string) => shapes[name][1];
  // In the order of the file, or by their numbers.
  const weights = [matrices(Object.keys(shapes)), matrices(names)].find(
    (order) =>
      order.length > 0 &&
      order.length <= MOST_LAYERS &&
      order.every((name, i) => i === 0 || inputs(name) === shapes[order[i - 1]][0]) &&
      shapes[order[order.length - 1]][0] === 3,
  );
  const levels = weights ? inputs(weights[0]) / features : Number.NaN;
  if (!weights || !Number.isInteger(levels) || levels > 32) return undefined;
  if (tables.length !== 1 && tables.length !== levels) return undefined;
  return { tables, features, levels, weights };
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

/** @param values of the tensor that says where each level begins in the joined table, as torch-ngp's `offsets` */
export function inferConfig(
  shapes: Shapes,
  values: ((name: string) => readonly number[] | undefined) | undefined,
): Partial<HashGridConfig> {
  const found = find(shapes);
  if (!found) return {};
  const { tables, features, levels, weights } = found;
  const hidden = weights.slice(0, -1).map((name) => shapes[name][0]);
  if (new Set(hidden).size > 1) return {};
  const joined = isJoined(found);
  const rows = tables.map((name) => shapes[name][0]);
  const offsets = joined ? values?.(Object.keys(shapes).find((name) => /(^|\.)offsets$/.test(name)) ?? '') : undefined;
  const begins = offsets?.length === levels + 1 && offsets.every((at, i) => i === 0 || at > offsets[i - 1]);
  const entries = begins ? offsets.slice(1).map((end, level) => end - offsets[level]) : rows;
  const geometry = geometryOf(levels, entries, begins ? ['torch-ngp', 'instant-ngp'] : undefined);
  return {
    levels,
    features,
    layers: weights.length,
    ...(hidden.length > 0 && { width: hidden[0] }),
    tables: joined ? 'joined' : 'separate',
    ...geometry,
  };
}

/** Values that published configurations have; the finest grid of `growth` is one of these, where that is how it was set. */
const BASES = [16, 8, 32, 4, 64];
const GROWTHS = [1.5, 2, 1.26, 1.3819, 1.4, 1.38, 1.405];
const FINEST = [256, 512, 1024, 2048, 4096, 128, 64];
const EXPONENTS = Array.from({ length: 15 }, (_, i) => 8 + i);

/** The first published geometry whose tables have these rows: of each level, or all together. */
function geometryOf(
  levels: number,
  entries: readonly number[],
  rules: readonly GridRule[] | undefined,
): Partial<GridSettings> {
  const total = entries.reduce((sum, rows) => sum + rows, 0);
  if (total > MOST_ENTRIES) return {};
  const known = entries.length === levels;
  const whole = known && new Set(entries).size === 1 && Number.isInteger(Math.log2(entries[0]));
  if (whole && !rules) return { grid: 'hashnerf', tableSize: entries[0] };
  const side = Math.floor(Math.sqrt(entries[0]));
  const bases = known ? [side, side - 1] : BASES;
  for (const grid of rules ?? (['instant-ngp', 'torch-ngp'] as const)) {
    for (const baseResolution of bases) {
      const growths = [
        ...GROWTHS,
        ...FINEST.map((finest) => (finest / baseResolution) ** (1 / Math.max(1, levels - 1))),
      ];
      for (const growth of growths.filter((value) => value >= 1 && value <= 4)) {
        for (const exponent of EXPONENTS) {
          const tableSize = 2 ** exponent;
          if (known && tableSize < Math.max(...entries)) continue;
          const settings = { grid, levels, tableSize, baseResolution, growth };
          const found = levelsOf(settings);
          const fits = known ? found.every((level, i) => level.entries === entries[i]) : entriesOf(found) === total;
          if (fits && configSchema.safeParse(settings).success) return { grid, tableSize, baseResolution, growth };
        }
      }
    }
  }
  return {};
}
