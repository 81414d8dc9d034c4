type Spec = Readonly<Record<string, unknown>>;

/** Labels on an axis, at most. */
const LABELS = 6;

/**
 * The specification with round values on its logarithmic axes. Left alone, Vega labels what happens to fit (8, 5, 3, 2,
 * 0.8, …) and rules a line at each multiple. Axes that state their values, or whose field is not in the inline data,
 * stay as they are.
 */
export function labelLogAxes(spec: Spec): Spec {
  const rows = (spec.data as { readonly values?: unknown } | undefined)?.values;
  return Array.isArray(rows) ? (withLogValues(spec, rows) as Spec) : spec;
}

function withLogValues(node: unknown, rows: readonly Spec[]): unknown {
  if (Array.isArray(node)) return node.map((item) => withLogValues(item, rows));
  if (!isSpec(node)) return node;
  const changed = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, key === 'data' ? value : withLogValues(value, rows)]),
  );
  const { field, scale, axis } = node;
  if (!isSpec(scale) || scale.type !== 'log' || typeof field !== 'string' || axis === null) return changed;
  if (isSpec(axis) && 'values' in axis) return changed;
  const values = roundValues(rows.map((row) => Number(row[field])));
  return values.length > 0 ? { ...changed, axis: { ...(isSpec(axis) ? axis : {}), values } } : changed;
}

/** Powers of ten around the positive values; also 2 and 5 (or 3) times these where there are few. */
export function roundValues(values: readonly number[]): number[] {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) {
    if (!(value > 0) || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (high === 0) return [];
  const first = Math.floor(Math.log10(low));
  const decades = Math.max(1, Math.ceil(Math.log10(high)) - first);
  const multiples = decades === 1 ? [1, 2, 5] : decades === 2 ? [1, 3] : [1];
  const step = Math.ceil((decades + 1) / LABELS);
  const powers = Array.from({ length: Math.floor(decades / step) + 1 }, (_, i) => first + i * step);
  return powers.flatMap((power) =>
    (power === first + decades ? [1] : multiples).map((multiple) => Number(`${multiple}e${power}`)),
  );
}

const isSpec = (value: unknown): value is Spec => typeof value === 'object' && value !== null && !Array.isArray(value);
