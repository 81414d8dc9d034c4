import { plainNumber, powerOfTen } from '../html/numbers.js';

type Spec = Readonly<Record<string, unknown>>;

/** Labels on an axis, at most. */
const LABELS = 6;

/**
 * The specification with logarithmic axes that end close to the data and carry round values. Left alone, Vega labels what
 * happens to fit (8, 5, 3, 2, 0.8, …), rules a line at each multiple and leaves up to a decade empty at either end. Axes
 * that state their values, scales that state their domain or are not shared by all panels, and fields that are not in the
 * inline data stay as they are.
 */
export function labelLogAxes(spec: Spec): Spec {
  const rows = (spec.data as { readonly values?: unknown } | undefined)?.values;
  return Array.isArray(rows) && spec.resolve === undefined ? (withRoundLogAxes(spec, rows) as Spec) : spec;
}

function withRoundLogAxes(node: unknown, rows: readonly Spec[]): unknown {
  if (Array.isArray(node)) return node.map((item) => withRoundLogAxes(item, rows));
  if (!isSpec(node)) return node;
  const changed = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, key === 'data' ? value : withRoundLogAxes(value, rows)]),
  );
  const { field, scale, axis } = node;
  if (!isSpec(scale) || scale.type !== 'log' || typeof field !== 'string' || axis === null) return changed;
  if ('domain' in scale || (isSpec(axis) && 'values' in axis)) return changed;
  const round = roundAxis(rows.map((row) => Number(row[field])));
  if (!round) return changed;
  const { domain, values } = round;
  const labelExpr = `${JSON.stringify(labelsOf(values))}[datum.value]`;
  return {
    ...changed,
    scale: { ...scale, domain, nice: false },
    axis: { labelExpr, ...(isSpec(axis) ? axis : {}), values },
  };
}

interface RoundAxis {
  /** 1, 2 or 5 times a power of ten, around the positive values and close to them. */
  readonly domain: readonly [number, number];
  /** Powers of ten in the domain; also 2 and 5 (or 3) times these where there are few. */
  readonly values: readonly number[];
}

/** Nothing where no value is positive. */
export function roundAxis(numbers: readonly number[]): RoundAxis | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const value of numbers) {
    if (!(value > 0) || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (high === 0) return undefined;
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const ladder = multiplesBetween(first, last, [1, 2, 5]);
  const from = ladder.findLast((value) => value <= low) ?? ladder[0];
  const to = ladder.find((value) => value >= high && value > from) ?? ladder[ladder.length - 1] * 2;
  const inside = (values: readonly number[]) => values.filter((value) => value >= from && value <= to);
  const powers = inside(multiplesBetween(first, last, [1]));
  const finer = [
    [1, 2, 5],
    [1, 3],
  ].map((multiples) => inside(multiplesBetween(first, last, multiples)));
  return { domain: [from, to], values: finer.find(({ length }) => length <= LABELS) ?? thinned(powers) };
}

const multiplesBetween = (first: number, last: number, multiples: readonly number[]): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i).flatMap((power) =>
    (power === last ? [1] : multiples).map((multiple) => Number(`${multiple}e${power}`)),
  );

/** Every second, third … power, so that no more remain than an axis has room for. */
function thinned(powers: readonly number[]): number[] {
  const step = Math.ceil(powers.length / LABELS);
  return powers.filter((_, i) => i % step === 0);
}

/** One notation for all labels of an axis: powers of ten where plain numbers would be long. */
function labelsOf(values: readonly number[]): Record<string, string> {
  const plain = values.every((value) => value >= 1e-3 && value < 1e5);
  return Object.fromEntries(values.map((value) => [String(value), plain ? plainNumber(value) : powerOfTen(value)]));
}

const isSpec = (value: unknown): value is Spec => typeof value === 'object' && value !== null && !Array.isArray(value);
