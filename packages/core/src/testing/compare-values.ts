/** Where two values of any shape differ most. */
export interface ValueDifference {
  /** `figures.0.spec.data`, or empty where the values themselves differ. */
  readonly path: string;
  /** |a − b| as a share of the larger; infinite for what differs otherwise. */
  readonly relative: number;
  readonly found: unknown;
  readonly expected: unknown;
}

/** The largest difference of two values, numbers in them compared as numbers; `undefined` where there is none. */
export function valueDifference(a: unknown, b: unknown, path = ''): ValueDifference | undefined {
  if (Object.is(a, b)) return undefined;
  if (typeof a === 'number' && typeof b === 'number') {
    if (a === b) return undefined;
    const relative = Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
    return { path, relative: Number.isNaN(relative) ? Number.POSITIVE_INFINITY : relative, found: a, expected: b };
  }
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b) && a.constructor === b.constructor) {
    return arrayDifference(a as Float32Array, b as Float32Array, path);
  }
  const unlike: ValueDifference = { path, relative: Number.POSITIVE_INFINITY, found: a, expected: b };
  if (typeof a === 'function' && typeof b === 'function') return undefined;
  if (!isTree(a) || !isTree(b) || Array.isArray(a) !== Array.isArray(b)) return unlike;
  const entriesOf = (tree: object) =>
    (tree instanceof Map ? Object.fromEntries(tree) : tree) as Record<string, unknown>;
  const [one, other] = [entriesOf(a), entriesOf(b)];
  if (Object.keys(one).sort().join('\n') !== Object.keys(other).sort().join('\n')) return unlike;
  let worst: ValueDifference | undefined;
  for (const [key, value] of Object.entries(one)) {
    const difference = valueDifference(value, other[key], inside(path, key));
    if (difference && difference.relative > (worst?.relative ?? 0)) worst = difference;
  }
  return worst;
}

const inside = (path: string, key: string) => (path === '' ? key : `${path}.${key}`);

const isTree = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);

/** Differences are shares of the array's largest value: what cancels in a sum leaves noise of the size of its terms. */
function arrayDifference(a: ArrayLike<number>, b: ArrayLike<number>, path: string): ValueDifference | undefined {
  if (a.length !== b.length) {
    return { path: inside(path, 'length'), relative: Number.POSITIVE_INFINITY, found: a.length, expected: b.length };
  }
  let [scale, largest, index] = [0, 0, -1];
  for (let i = 0; i < a.length; i++) {
    if (Number.isFinite(b[i])) scale = Math.max(scale, Math.abs(b[i]));
    if (Object.is(a[i], b[i]) || a[i] === b[i]) continue;
    const difference = Math.abs(a[i] - b[i]);
    if (difference <= largest) continue;
    [largest, index] = [Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference, i];
  }
  if (index < 0) return undefined;
  return { path: inside(path, String(index)), relative: largest / scale, found: a[index], expected: b[index] };
}
