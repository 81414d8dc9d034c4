import type { Ops } from '@xinc/core';
import { type NodeReader, numbers, type Rule, tensor, type Value } from '../values.js';

type Binary = 'add' | 'sub' | 'mul' | 'div' | 'maximum' | 'minimum' | 'greater';

/** An operation of the language on tensors, and the same on numbers that are known. */
const binary =
  (op: Binary, evaluate: (a: number, b: number) => number): Rule =>
  (node) =>
    node.allStatic() ? foldStatic(node, evaluate) : [tensor(node.ops[op](node.tensor(0), node.tensor(1)))];

/** Numbers with numbers: shapes that a program computes as it runs. One of them may be a single number. */
function foldStatic<T>(node: NodeReader<T>, evaluate: (a: number, b: number) => number): readonly Value<T>[] {
  const [a, b] = [node.static(0), node.static(1)];
  const [longer, n] = a.values.length >= b.values.length ? [a, a.values.length] : [b, b.values.length];
  if (![a, b].every(({ values }) => values.length === n || values.length === 1)) {
    throw node.refuse(`${a.values.length} and ${b.values.length} numbers do not fit`);
  }
  const at = (values: readonly number[], i: number) => values[values.length === 1 ? 0 : i];
  return [
    numbers(
      longer.shape,
      Array.from({ length: n }, (_, i) => evaluate(at(a.values, i), at(b.values, i))),
    ),
  ];
}

const several =
  (op: 'maximum' | 'minimum'): Rule =>
  (node) => [
    tensor(node.values.slice(1).reduce((result, _, i) => node.ops[op](result, node.tensor(i + 1)), node.tensor(0))),
  ];

const unary =
  (apply: <T>(ops: Ops<T>, x: T) => T): Rule =>
  (node) => [tensor(apply(node.ops, node.tensor(0)))];

export const elementwise: Readonly<Record<string, Rule>> = {
  Add: binary('add', (a, b) => a + b),
  Sub: binary('sub', (a, b) => a - b),
  Mul: binary('mul', (a, b) => a * b),
  // The quotient of integers, as in shapes, is cut off.
  Div: binary('div', (a, b) => (Number.isInteger(a) && Number.isInteger(b) ? Math.trunc(a / b) : a / b)),
  Max: several('maximum'),
  Min: several('minimum'),
  Pow: (node) => {
    const exponent = node.numbers(1);
    if (exponent.length !== 1) throw node.refuse('its exponent is not a single number');
    return [tensor(exponent[0] === 2 ? node.ops.square(node.tensor(0)) : node.ops.pow(node.tensor(0), exponent[0]))];
  },
  Neg: unary((ops, x) => ops.neg(x)),
  Abs: unary((ops, x) => ops.abs(x)),
  Sign: unary((ops, x) => ops.sign(x)),
  Reciprocal: unary((ops, x) => ops.div(1, x)),
  Exp: unary((ops, x) => ops.exp(x)),
  Log: unary((ops, x) => ops.log(x)),
  Sqrt: unary((ops, x) => ops.sqrt(x)),
  Sin: unary((ops, x) => ops.sin(x)),
  Cos: unary((ops, x) => ops.cos(x)),
  Tanh: unary((ops, x) => ops.tanh(x)),
  Sigmoid: unary((ops, x) => ops.sigmoid(x)),
  Erf: unary((ops, x) => ops.erf(x)),
  Relu: unary((ops, x) => ops.relu(x)),
  LeakyRelu: (node) => [tensor(node.ops.leakyRelu(node.tensor(0), node.number('alpha', 0.01)))],
  Elu: (node) => {
    const x = node.tensor(0);
    const below = node.ops.sub(node.ops.exp(node.ops.minimum(x, 0)), 1);
    return [tensor(node.ops.add(node.ops.relu(x), node.ops.mul(below, node.number('alpha', 1))))];
  },
  // log(1 + eˣ), without overflow.
  Softplus: unary((ops, x) => ops.add(ops.relu(x), ops.log(ops.add(ops.exp(ops.neg(ops.abs(x))), 1)))),
  HardSigmoid: (node) => [
    tensor(
      node.ops.maximum(
        node.ops.minimum(
          node.ops.add(node.ops.mul(node.tensor(0), node.number('alpha', 0.2)), node.number('beta', 0.5)),
          1,
        ),
        0,
      ),
    ),
  ],
  HardSwish: unary((ops, x) => ops.mul(x, ops.maximum(ops.minimum(ops.add(ops.mul(x, 1 / 6), 0.5), 1), 0))),
  // max(x, 0) + slope · min(x, 0), a slope per channel.
  PRelu: (node) => {
    const x = node.tensor(0);
    return [tensor(node.ops.add(node.ops.relu(x), node.ops.mul(node.ops.minimum(x, 0), node.tensor(1))))];
  },
  Gelu: (node) => {
    const x = node.tensor(0);
    if (node.text('approximate', 'none') !== 'tanh') return [tensor(node.ops.gelu(x))];
    const { ops } = node;
    const inner = ops.mul(ops.add(x, ops.mul(ops.mul(ops.square(x), x), 0.044715)), Math.sqrt(2 / Math.PI));
    return [tensor(ops.mul(ops.mul(x, 0.5), ops.add(ops.tanh(inner), 1)))];
  },
  Clip: (node) => {
    const bound = (index: number, name: string, none: number) =>
      node.has(index) ? node.numbers(index)[0] : node.number(name, none);
    const [low, high] = [bound(1, 'min', Number.NEGATIVE_INFINITY), bound(2, 'max', Number.POSITIVE_INFINITY)];
    let x = node.tensor(0);
    if (low > -3.4e38) x = node.ops.maximum(x, low);
    if (high < 3.4e38) x = node.ops.minimum(x, high);
    return [tensor(x)];
  },
  Identity: (node) => [node.values[0]!],
  Dropout: (node) => [node.values[0]!],
  Cast: (node) => [node.values[0]!],
};
