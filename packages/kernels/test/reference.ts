import type {
  Activation,
  ConvSource,
  DenseSource,
  PointwiseOperand,
  PointwiseOperation,
  PointwiseProgram,
} from '../src/index.js';
import { HISTOGRAM, type ReduceRequest } from '../src/index.js';

/*
 * The formulas of method §2 to §4 written down as they stand, in float64, without any thought of speed: what the kernels
 * are checked against.
 */

export interface Plane {
  readonly height: number;
  readonly width: number;
  readonly values: Float64Array;
}

const APPLY: Readonly<Record<Activation, (x: number) => number>> = {
  relu: (x) => Math.max(x, 0),
  leakyRelu: (x) => (x > 0 ? x : 0.01 * x),
  'leakyRelu0.1': (x) => (x > 0 ? x : 0.1 * x),
  'leakyRelu0.2': (x) => (x > 0 ? x : 0.2 * x),
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  silu: (x) => x / (1 + Math.exp(-x)),
  sine: Math.sin,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
};

/** 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!!, whose terms are of one sign, so that none of the digits cancel. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

function plane(height: number, width: number, value: (y: number, x: number) => number): Plane {
  return {
    height,
    width,
    values: Float64Array.from({ length: height * width }, (_, p) => value(Math.floor(p / width), p % width)),
  };
}

const at = ({ height, width, values }: Plane, y: number, x: number) =>
  y >= 0 && y < height && x >= 0 && x < width ? values[y * width + x] : 0;

const OPERATIONS: Readonly<Record<PointwiseOperation, (a: number, b: number, c: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  max: Math.max,
  min: Math.min,
  greater: (a, b) => Number(a > b),
  abs: Math.abs,
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  sin: Math.sin,
  cos: Math.cos,
  atan: Math.atan,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  erf,
  greaterEqual: (a, b) => Number(a >= b),
  equal: (a, b) => Number(a === b),
  where: (a, b, c) => (a !== 0 ? b : c),
  floor: Math.floor,
  round: (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)),
};

/** f(x) as the program says. */
export function evaluate({ instructions }: PointwiseProgram, x: number): number {
  const known = [x];
  const read = (operand: PointwiseOperand) => ('value' in operand ? known[operand.value] : operand.constant);
  for (const { operation, a, b = a, c = a } of instructions) {
    known.push(OPERATIONS[operation](read(a), read(b), read(c)));
  }
  return known.at(-1)!;
}

function functionOf(activation: Activation | PointwiseProgram): (x: number) => number {
  if (typeof activation === 'string') return APPLY[activation];
  const atZero = evaluate(activation, 0);
  return (x) => evaluate(activation, x) - atZero;
}

const apply = (activation: Activation | PointwiseProgram | null, from: Plane): Plane =>
  activation ? { ...from, values: from.values.map(functionOf(activation)) } : from;

/** x_n(p) · scale[n] + offset, before any activation. */
export function denseResponse(
  { input, neurons, pixels, width = pixels, scale, offset }: DenseSource,
  n: number,
): Plane {
  return plane(pixels / width, width, (y, x) => input[(y * width + x) * neurons + n] * scale[n] + offset);
}

/** conv(x_i, K[o,i]) + b[o] / C_in */
export function convResponse(source: ConvSource, n: number): Plane {
  const { inputShape, outChannels, kernelSize: k, kernel, bias, input } = source;
  const [channels, height, width] = inputShape;
  const [i, o] = [Math.floor(n / outChannels), n % outChannels];
  const x = plane(height, width, (y, c) => input[(i * height + y) * width + c]);
  return plane(height, width, (y, c) => {
    let sum = bias[o] / channels;
    for (let u = 0; u < k; u++) {
      for (let t = 0; t < k; t++) {
        sum += kernel[((o * channels + i) * k + u) * k + t] * at(x, y + u - (k - 1) / 2, c + t - (k - 1) / 2);
      }
    }
    return sum;
  });
}

function scattered(source: ConvSource, n: number): Plane {
  const { shuffle: s, outChannels } = source;
  const response = convResponse(source, n);
  const cell = (n % outChannels) % (s * s);
  return plane(response.height * s, response.width * s, (y, x) =>
    (y % s) * s + (x % s) === cell ? at(response, Math.floor(y / s), Math.floor(x / s)) : 0,
  );
}

/** The contribution map c_n. */
export function contribution(source: DenseSource | ConvSource, n: number): Plane {
  if (source.kind === 'dense') return apply(source.activation, denseResponse(source, n));
  let map = apply(source.activation, scattered(source, n));
  for (const stage of source.path) {
    const from = map;
    if (stage.kind === 'activation') map = apply(stage.activation, from);
    else if (stage.kind === 'upsample') {
      const { scale } = stage;
      map = plane(from.height * scale, from.width * scale, (y, x) =>
        at(from, Math.floor(y / scale), Math.floor(x / scale)),
      );
    } else {
      const reach = (stage.size - 1) / 2;
      map = plane(from.height, from.width, (y, x) => {
        let sum = 0;
        for (let u = -reach; u <= reach; u++) for (let t = -reach; t <= reach; t++) sum += at(from, y + u, x + t);
        return sum / stage.size ** 2;
      });
    }
  }
  return map;
}

/** The reductions of method §4 over maps [n][P]. */
export function reduceReference(
  maps: readonly Float64Array[],
  request: ReduceRequest,
  previous?: readonly Float64Array[],
) {
  const magnitudes = maps.map((map) => map.map(Math.abs));
  const pixels = maps[0].length;
  const perPixel = (value: (p: number) => number) => Array.from({ length: pixels }, (_, p) => value(p));
  const total = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);
  return {
    sum: magnitudes.map((map) => total(map)),
    min: magnitudes.map((map) => Math.min(...map)),
    max: magnitudes.map((map) => Math.max(...map)),
    pixelTotals: perPixel((p) => total(magnitudes.map((map) => map[p]))),
    groupSums: (request.groupSums ?? []).map(({ labels, groups }) =>
      magnitudes.flatMap((map) =>
        Array.from({ length: groups }, (_, g) => total(map.filter((_, p) => labels[p] === g))),
      ),
    ),
    change: previous && perPixel((p) => total(magnitudes.map((map, n) => Math.abs(map[p] - Math.abs(previous[n][p]))))),
  };
}

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** The bin of a float32 value. */
export function binOf(value: number): number {
  float[0] = value;
  if (value === 0) return 0;
  return Number.isFinite(value) ? (bits[0] >>> 13) - HISTOGRAM.firstBin : HISTOGRAM.bins - 1;
}
