/** Where two values of any shape differ most. */
export interface ValueDifference {
  /** `figures.0.spec.data`, or empty where the values themselves differ. */
  readonly path: string;
  /** |a − b| as a share of the larger; infinite for what differs otherwise. */
  readonly relative: number;
  readonly found: unknown;
  readonly expected: unknown;
}

/**
 * The largest difference of two values, numbers in them compared as numbers; `undefined` where there is none. Objects, arrays, typed
 * arrays, buffers, maps and sets are compared by what they hold, dates by their time; others, whose content nobody sees, are alike only
 * where they are one and the same.
 */
export function valueDifference(a: unknown, b: unknown, path = ''): ValueDifference | undefined {
  if (Object.is(a, b)) return undefined;
  if (typeof a === 'number' && typeof b === 'number') {
    if (a === b) return undefined;
    const relative = Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
    return { path, relative: Number.isNaN(relative) ? Number.POSITIVE_INFINITY : relative, found: a, expected: b };
  }
  if (isBuffer(a) && isBuffer(b) && a.constructor === b.constructor) {
    return arrayDifference(numbersOf(a), numbersOf(b), path);
  }
  const unlike: ValueDifference = { path, relative: Number.POSITIVE_INFINITY, found: a, expected: b };
  if (typeof a === 'function' && typeof b === 'function') return undefined;
  const [one, other] = [entriesOf(a), entriesOf(b)];
  if (!one || !other || prototypeOf(a) !== prototypeOf(b)) return unlike;
  if (Object.keys(one).sort().join('\n') !== Object.keys(other).sort().join('\n')) return unlike;
  let worst: ValueDifference | undefined;
  for (const [key, value] of Object.entries(one)) {
    const difference = valueDifference(value, other[key], inside(path, key));
    if (difference && difference.relative > (worst?.relative ?? 0)) worst = difference;
  }
  return worst;
}

const inside = (path: string, key: string) => (path === '' ? key : `${path}.${key}`);

type Buffer = ArrayBuffer | ArrayBufferView;

const isBuffer = (value: unknown): value is Buffer => ArrayBuffer.isView(value) || value instanceof ArrayBuffer;

function numbersOf(buffer: Buffer): ArrayLike<number> {
  if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer);
  if (buffer instanceof DataView) return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  if (buffer instanceof BigInt64Array || buffer instanceof BigUint64Array) return Array.from(buffer, Number);
  return buffer as Float32Array;
}

/** What an object without a prototype is, a plain one is too. */
const prototypeOf = (value: unknown): unknown => Object.getPrototypeOf(value) ?? Object.prototype;

/** What a value holds, by name; `undefined` where it holds nothing that is compared. */
function entriesOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return Object.fromEntries([...value].map((member) => [String(member), member]));
  if (value instanceof Date) return { time: value.getTime() };
  const plain = Array.isArray(value) || prototypeOf(value) === Object.prototype;
  return plain ? (value as Readonly<Record<string, unknown>>) : undefined;
}

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
