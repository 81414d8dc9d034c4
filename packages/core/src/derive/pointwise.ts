import type { GraphNode, OperationNode } from '../graph/nodes.js';
import type { Activation } from '../inr.js';
import type { OpAttributes, OpName } from '../ops/ops.js';

/** A function of one number: a node of a graph that is computed value by value from another, and from single constants. */
export interface Pointwise {
  readonly from: GraphNode;
  readonly to: GraphNode;
}

type Rule<K extends OpName> = (attributes: OpAttributes[K]) => (x: number, y: number, z: number) => number;

/** The operations that do not work value by value. */
export const NOT_BY_VALUE = {
  softmax: null,
  matMul: null,
  conv2d: null,
  convTranspose2d: null,
  averagePool: null,
  maxPool: null,
  reshape: null,
  transpose: null,
  concat: null,
  slice: null,
  pad: null,
  broadcastTo: null,
  depthToSpace: null,
  spaceToDepth: null,
  upsampleNearest: null,
  resize: null,
  gather: null,
  scatterAdd: null,
  gridSample: null,
  sum: null,
  mean: null,
  max: null,
} as const satisfies { readonly [K in OpName]?: null };

/** The operations that work value by value; y and z are further operands of those that have them. */
const rules: { readonly [K in OpName]: Rule<K> | null } = {
  ...NOT_BY_VALUE,
  add: () => (x, y) => x + y,
  sub: () => (x, y) => x - y,
  mul: () => (x, y) => x * y,
  div: () => (x, y) => x / y,
  maximum: () => (x, y) => Math.max(x, y),
  minimum: () => (x, y) => Math.min(x, y),
  greater: () => (x, y) => Number(x > y),
  greaterEqual: () => (x, y) => Number(x >= y),
  equal: () => (x, y) => Number(x === y),
  where: () => (x, y, z) => (x !== 0 ? y : z),
  neg: () => (x) => -x,
  abs: () => Math.abs,
  sign: () => Math.sign,
  floor: () => Math.floor,
  round: () => roundToEven,
  exp: () => Math.exp,
  log: () => Math.log,
  sqrt: () => Math.sqrt,
  square: () => (x) => x * x,
  sin: () => Math.sin,
  cos: () => Math.cos,
  atan: () => Math.atan,
  tanh: () => Math.tanh,
  sigmoid: () => sigmoid,
  erf: () => erf,
  relu: () => (x) => Math.max(x, 0),
  leakyRelu:
    ({ slope }) =>
    (x) =>
      x > 0 ? x : slope * x,
  pow:
    ({ exponent }) =>
    (x) =>
      x ** exponent,
  gelu: () => (x) => x * 0.5 * (1 + erf(x * Math.SQRT1_2)),
  silu: () => (x) => x * sigmoid(x),
  softplus: () => softplus,
};

/** What an operation makes of single values, y and z being further operands; `null` for one that does not work value by value. */
export function functionOf<K extends OpName>(
  op: K,
  attributes: OpAttributes[K],
): ((x: number, y: number, z: number) => number) | null {
  const rule: Rule<K> | null = rules[op];
  return rule === null ? null : rule(attributes);
}

export function isPointwise(node: GraphNode): node is OperationNode {
  return node.kind === 'operation' && rules[node.op] !== null;
}

/** One number for all places. */
export function isSingle(node: GraphNode): boolean {
  return node.kind === 'constant' && node.value.data.length === 1;
}

/** Operations of one function; those of published activations have some ten. */
export const MOST_OPERATIONS = 1000;

/** The nodes of a function behind `from`, each after what it is computed from. */
export function nodesOf({ from, to }: Pointwise): GraphNode[] {
  const seen = new Set<GraphNode>();
  const pending = [to];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node === from || seen.has(node)) continue;
    seen.add(node);
    if (node.kind === 'operation') pending.push(...node.inputs);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

/** f in float64, for values in float32. Each operation is computed once, however many others use its result. */
export function compilePointwise(f: Pointwise): (x: number) => number {
  const places = new Map<GraphNode, number>([[f.from, 0]]);
  const values = [0];
  const steps: { rule: (x: number, y: number, z: number) => number; x: number; y: number; z: number; to: number }[] =
    [];
  for (const node of nodesOf(f)) {
    const to = values.push(node.kind === 'constant' ? node.value.data[0] : 0) - 1;
    places.set(node, to);
    if (node.kind === 'constant') continue;
    if (node.kind !== 'operation') throw new TypeError(`${node.name} is no part of a pointwise function`);
    const [x, y = x, z = x] = node.inputs.map((input) => places.get(input)!);
    steps.push({ rule: (rules[node.op] as Rule<OpName>)(node.attributes), x, y, z, to });
  }
  const result = places.get(f.to)!;
  return (value) => {
    values[0] = value;
    for (const { rule, x, y, z, to } of steps) values[to] = rule(values[x], values[y], values[z]);
    return values[result];
  };
}

/** How far a function may be from a named one, relative to the larger of 1 and its value, and still be it. */
const SAME = 1e-6;
const PROBES = [-9, -4.2, -2.5, -1.3, -0.7, -0.1, -1e-3, 0, 1e-3, 0.2, 0.9, 1.7, 3.1, 5.5, 12, -37, 41, -1003, 1009];

const named: readonly (readonly [name: Activation, f: (x: number) => number])[] = [
  ['relu', (x) => Math.max(x, 0)],
  ['leakyRelu', (x) => (x > 0 ? x : 0.01 * x)],
  ['leakyRelu0.1', (x) => (x > 0 ? x : 0.1 * x)],
  ['leakyRelu0.2', (x) => (x > 0 ? x : 0.2 * x)],
  ['gelu', (x) => x * 0.5 * (1 + erf(x * Math.SQRT1_2))],
  ['silu', (x) => x * sigmoid(x)],
  ['sine', Math.sin],
  ['tanh', Math.tanh],
];

/** Functions that people have names for, and kernels have not. */
const others: readonly (readonly [name: string, f: (x: number) => number])[] = [
  ['sigmoid', sigmoid],
  ['softplus', softplus],
  ['elu', (x) => (x > 0 ? x : Math.expm1(x))],
  ['selu', (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x))],
  ['mish', (x) => x * Math.tanh(softplus(x))],
  ['hardSwish', (x) => x * Math.min(Math.max(x / 6 + 0.5, 0), 1)],
  ['relu6', (x) => Math.min(Math.max(x, 0), 6)],
];

/**
 * The kernels' name for a function, however a program writes it: GELU in five operations is GELU. Told by its values, which
 * two different functions made of these operations do not share at fifteen places.
 */
export function activationNamed(f: (x: number) => number): Activation | undefined {
  return nameAmong(named, f);
}

/** What people call a function, for words. */
export function functionNamed(f: (x: number) => number): string | undefined {
  return nameAmong(others, f);
}

function nameAmong<Name>(names: readonly (readonly [Name, (x: number) => number])[], f: (x: number) => number) {
  const alike = (g: (x: number) => number) =>
    PROBES.every((x) => Math.abs(f(x) - g(x)) <= SAME * Math.max(1, Math.abs(g(x))));
  return names.find(([, g]) => alike(g))?.[0];
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** The nearest whole number, of two the even one. */
function roundToEven(x: number): number {
  const down = Math.floor(x);
  return x - down === 0.5 ? down + (down % 2 === 0 ? 0 : 1) : Math.round(x);
}

/** The error function to about 1e-15: its series near zero, a continued fraction beyond. */
function erf(x: number): number {
  const t = Math.abs(x);
  if (Number.isNaN(t)) return Number.NaN;
  if (t > 6) return Math.sign(x);
  if (t < 2.5) {
    let term = t;
    let sum = t;
    for (let n = 1; Math.abs(term) > 1e-17 * sum; n++) {
      term *= (-t * t) / n;
      sum += term / (2 * n + 1);
      if (term === 0) break;
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  // erfc t = exp(−t²)/√π · 1/(t + (1/2)/(t + 1/(t + (3/2)/(t + …))))
  let fraction = t;
  for (let n = 60; n >= 1; n--) fraction = t + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-t * t) / (Math.sqrt(Math.PI) * fraction));
}
