import { clamp, type Ops } from '@xinc/core';
import { INTEGERS } from '../tensors.js';
import { foldStatic, numbers, type Rule, tensor, type ValueType } from '../values.js';

type Binary = 'add' | 'sub' | 'mul' | 'maximum' | 'minimum';

/** An operation of the language on tensors, and the same on numbers that are known. */
const binary =
  (op: Binary, evaluate: (a: number, b: number) => number): Rule =>
  (node) =>
    node.allStatic()
      ? [foldStatic(node, evaluate)]
      : [tensor(node.ops[op](node.tensor(0), node.tensor(1)), node.commonType())];

/** A comparison: 1 where it holds. */
const comparison =
  (compare: <T>(ops: Ops<T>, a: T, b: T) => T, evaluate: (a: number, b: number) => boolean): Rule =>
  (node) =>
    node.allStatic()
      ? [foldStatic(node, (a, b) => Number(evaluate(a, b)))]
      : [tensor(compare(node.ops, node.tensor(0), node.tensor(1)), 'truth')];

/** An operation on any number of operands, one after the other. */
const several =
  (op: Binary, evaluate: (a: number, b: number) => number): Rule =>
  (node) => {
    if (node.allStatic()) return [foldStatic(node, (...values) => values.reduce((a, b) => evaluate(a, b)))];
    const [first, ...others] = node.tensors();
    return [
      tensor(
        others.reduce((result, other) => node.ops[op](result, other), first),
        node.commonType(),
      ),
    ];
  };

/** An operation on one operand. With `evaluate`, numbers that are known stay so; `type` is the result's, the operand's if `'same'`. */
const unary =
  (apply: <T>(ops: Ops<T>, x: T) => T, evaluate?: (x: number) => number, type?: ValueType | 'same'): Rule =>
  (node) => {
    const own = type === 'same' ? node.type(0) : type;
    if (evaluate && node.isStatic(0)) {
      const { shape, values } = node.static(0);
      return [numbers(shape, values.map(evaluate), own === undefined)];
    }
    return [tensor(apply(node.ops, node.tensor(0)), own)];
  };

/** Cut off behind the point. */
export const truncated = <T>(ops: Ops<T>, x: T): T => ops.mul(ops.sign(x), ops.floor(ops.abs(x)));
const ceiling = <T>(ops: Ops<T>, x: T): T => ops.neg(ops.floor(ops.neg(x)));
/** α(eˣ − 1) for negative x. */
const exponentialBelow = <T>(ops: Ops<T>, x: T, alpha: number): T =>
  ops.mul(ops.sub(ops.exp(ops.minimum(x, 0)), 1), alpha);
const elu = <T>(ops: Ops<T>, x: T, alpha: number): T => ops.add(ops.relu(x), exponentialBelow(ops, x, alpha));

const divide: Rule = (node) => {
  // The quotient of whole numbers, as in shapes and places of a table, is cut off.
  const whole = node.commonType() === 'integer';
  if (node.allStatic()) return [foldStatic(node, (a, b) => (whole ? Math.trunc(a / b) : a / b))];
  const quotient = node.ops.div(node.tensor(0), node.tensor(1));
  return [whole ? tensor(truncated(node.ops, quotient), 'integer') : tensor(quotient)];
};

/** The rest has the divisor's sign, or with `fmod` the dividend's. */
const modulo: Rule = (node) => {
  const ofDividend = node.number('fmod', 0) !== 0;
  const round = ofDividend ? Math.trunc : Math.floor;
  if (node.allStatic()) return [foldStatic(node, (a, b) => a - b * round(a / b))];
  const { ops } = node;
  const [a, b] = [node.tensor(0), node.tensor(1)];
  const quotient = ops.div(a, b);
  const whole = ofDividend ? truncated(ops, quotient) : ops.floor(quotient);
  return [tensor(ops.sub(a, ops.mul(b, whole)), node.commonType())];
};

const power: Rule = (node) => {
  const { ops } = node;
  const single = (index: number) => {
    const values = node.isStatic(index) ? node.numbers(index) : [];
    return values.length === 1 ? values[0] : undefined;
  };
  if (node.allStatic()) return [foldStatic(node, (a, b) => a ** b)];
  const exponent = single(1);
  if (exponent === 2) return [tensor(ops.square(node.tensor(0)), node.type(0))];
  if (exponent !== undefined) return [tensor(ops.pow(node.tensor(0), exponent), node.commonType())];
  const base = single(0);
  if (base !== undefined && base > 0) return [tensor(ops.exp(ops.mul(node.tensor(1), Math.log(base))))];
  throw node.refuse('neither its exponent nor its base is a single number that is known');
};

const where: Rule = (node) => {
  if (node.allStatic()) return [foldStatic(node, (condition, a, b) => (condition !== 0 ? a : b))];
  const type = node.type(1) === node.type(2) ? node.type(1) : undefined;
  return [tensor(node.ops.where(node.tensor(0), node.tensor(1), node.tensor(2)), type)];
};

/** In TensorProto.DataType. */
const BOOL = 9;

/** Numbers stay float32 in a program: a cast to another kind of them leaves whole numbers or truth values. */
const cast: Rule = (node) => {
  const to = node.number('to', 1);
  const from = node.type(0);
  const kind: ValueType | undefined = to === BOOL ? 'truth' : INTEGERS.has(to) ? 'integer' : undefined;
  if (node.isStatic(0)) {
    const { shape, values } = node.static(0);
    const convert = (value: number) => (kind === 'truth' ? Number(value !== 0) : kind ? Math.trunc(value) : value);
    return [numbers(shape, values.map(convert), kind === undefined)];
  }
  const { ops } = node;
  const x = node.tensor(0);
  if (kind === 'integer' && from === undefined) return [tensor(truncated(ops, x), kind)];
  if (kind === 'truth' && from !== 'truth') return [tensor(ops.sub(1, ops.equal(x, 0)), kind)];
  return [tensor(x, kind)];
};

const pass: Rule = (node) => [node.values[0]!];

const clip: Rule = (node) => {
  const bound = (index: number, name: string, none: number) =>
    node.has(index) ? node.numbers(index)[0] : node.number(name, none);
  const low = bound(1, 'min', Number.NEGATIVE_INFINITY);
  const high = bound(2, 'max', Number.POSITIVE_INFINITY);
  if (node.isStatic(0)) {
    const { shape, values, floats } = node.static(0);
    const clipped = values.map((value) => Math.min(Math.max(value, low), high));
    return [numbers(shape, clipped, floats)];
  }
  return [tensor(clamp(node.ops, node.tensor(0), low, high), node.type(0))];
};

export const elementwise: Readonly<Record<string, Rule>> = {
  Add: binary('add', (a, b) => a + b),
  Sub: binary('sub', (a, b) => a - b),
  Mul: binary('mul', (a, b) => a * b),
  Div: divide,
  Mod: modulo,
  Pow: power,
  Max: several('maximum', Math.max),
  Min: several('minimum', Math.min),
  Sum: several('add', (a, b) => a + b),
  Mean: (node) => {
    const [first, ...others] = node.tensors();
    const sum = others.reduce((result, other) => node.ops.add(result, other), first);
    return [tensor(node.ops.mul(sum, 1 / node.values.length))];
  },

  Greater: comparison(
    (ops, a, b) => ops.greater(a, b),
    (a, b) => a > b,
  ),
  GreaterOrEqual: comparison(
    (ops, a, b) => ops.greaterEqual(a, b),
    (a, b) => a >= b,
  ),
  Less: comparison(
    (ops, a, b) => ops.greater(b, a),
    (a, b) => a < b,
  ),
  LessOrEqual: comparison(
    (ops, a, b) => ops.greaterEqual(b, a),
    (a, b) => a <= b,
  ),
  Equal: comparison(
    (ops, a, b) => ops.equal(a, b),
    (a, b) => a === b,
  ),
  And: comparison(
    (ops, a, b) => ops.mul(a, b),
    (a, b) => a !== 0 && b !== 0,
  ),
  Or: comparison(
    (ops, a, b) => ops.maximum(a, b),
    (a, b) => a !== 0 || b !== 0,
  ),
  Xor: comparison(
    (ops, a, b) => ops.sub(1, ops.equal(a, b)),
    (a, b) => a !== b,
  ),
  Not: unary(
    (ops, x) => ops.sub(1, x),
    (x) => Number(x === 0),
    'truth',
  ),
  IsNaN: unary((ops, x) => ops.sub(1, ops.equal(x, x)), undefined, 'truth'),
  Where: where,

  Neg: unary(
    (ops, x) => ops.neg(x),
    (x) => -x,
    'same',
  ),
  Abs: unary((ops, x) => ops.abs(x), Math.abs, 'same'),
  Sign: unary((ops, x) => ops.sign(x), Math.sign, 'same'),
  Floor: unary((ops, x) => ops.floor(x), Math.floor),
  Ceil: unary(ceiling, Math.ceil),
  Round: unary((ops, x) => ops.round(x)),
  Reciprocal: unary(
    (ops, x) => ops.div(1, x),
    (x) => 1 / x,
  ),
  Exp: unary((ops, x) => ops.exp(x), Math.exp),
  Log: unary((ops, x) => ops.log(x), Math.log),
  Sqrt: unary((ops, x) => ops.sqrt(x), Math.sqrt),
  Sin: unary((ops, x) => ops.sin(x)),
  Cos: unary((ops, x) => ops.cos(x)),
  Atan: unary((ops, x) => ops.atan(x)),
  Tan: unary((ops, x) => ops.div(ops.sin(x), ops.cos(x))),
  Sinh: unary((ops, x) => ops.mul(ops.sub(ops.exp(x), ops.exp(ops.neg(x))), 0.5)),
  Cosh: unary((ops, x) => ops.mul(ops.add(ops.exp(x), ops.exp(ops.neg(x))), 0.5)),
  Tanh: unary((ops, x) => ops.tanh(x)),
  Sigmoid: unary((ops, x) => ops.sigmoid(x)),
  Erf: unary((ops, x) => ops.erf(x)),

  Relu: unary((ops, x) => ops.relu(x)),
  LeakyRelu: (node) => [tensor(node.ops.leakyRelu(node.tensor(0), node.number('alpha', 0.01)))],
  // max(x, 0) + slope · min(x, 0), a slope per channel.
  PRelu: (node) => {
    const x = node.tensor(0);
    return [tensor(node.ops.add(node.ops.relu(x), node.ops.mul(node.ops.minimum(x, 0), node.tensor(1))))];
  },
  ThresholdedRelu: (node) => {
    const x = node.tensor(0);
    return [tensor(node.ops.where(node.ops.greater(x, node.number('alpha', 1)), x, 0))];
  },
  Elu: (node) => [tensor(elu(node.ops, node.tensor(0), node.number('alpha', 1)))],
  Selu: (node) => {
    const [alpha, gamma] = [node.number('alpha', 1.6732632423543772), node.number('gamma', 1.0507009873554805)];
    return [tensor(node.ops.mul(elu(node.ops, node.tensor(0), alpha), gamma))];
  },
  // max(x, 0) + min(0, α(e^(x/α) − 1))
  Celu: (node) => {
    const { ops } = node;
    const [x, alpha] = [node.tensor(0), node.number('alpha', 1)];
    return [tensor(ops.add(ops.relu(x), exponentialBelow(ops, ops.mul(x, 1 / alpha), alpha)))];
  },
  Softplus: unary((ops, x) => ops.softplus(x)),
  Softsign: unary((ops, x) => ops.div(x, ops.add(ops.abs(x), 1))),
  Mish: unary((ops, x) => ops.mul(x, ops.tanh(ops.softplus(x)))),
  Swish: (node) => {
    const { ops } = node;
    const [x, alpha] = [node.tensor(0), node.number('alpha', 1)];
    return [tensor(alpha === 1 ? ops.silu(x) : ops.mul(x, ops.sigmoid(ops.mul(x, alpha))))];
  },
  HardSigmoid: (node) => {
    const { ops } = node;
    const line = ops.add(ops.mul(node.tensor(0), node.number('alpha', 0.2)), node.number('beta', 0.5));
    return [tensor(clamp(ops, line, 0, 1))];
  },
  HardSwish: unary((ops, x) => ops.mul(x, clamp(ops, ops.add(ops.mul(x, 1 / 6), 0.5), 0, 1))),
  Gelu: (node) => {
    const x = node.tensor(0);
    if (node.text('approximate', 'none') !== 'tanh') return [tensor(node.ops.gelu(x))];
    const { ops } = node;
    const inner = ops.mul(ops.add(x, ops.mul(ops.mul(ops.square(x), x), 0.044715)), Math.sqrt(2 / Math.PI));
    return [tensor(ops.mul(ops.mul(x, 0.5), ops.add(ops.tanh(inner), 1)))];
  },
  Clip: clip,
  Identity: pass,
  Dropout: pass,
  Cast: cast,
};
