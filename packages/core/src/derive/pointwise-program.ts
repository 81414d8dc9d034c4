import type { PointwiseInstruction, PointwiseOperand, PointwiseOperation, PointwiseProgram } from '@xinc/kernels';
import type { GraphNode } from '../graph/nodes.js';
import type { Activation } from '../inr.js';
import type { OpAttributes, OpName } from '../ops/ops.js';
import { activationNamed, compilePointwise, NOT_BY_VALUE, type Pointwise } from './pointwise.js';

type Emit = (
  operation: PointwiseOperation,
  a: PointwiseOperand,
  b?: PointwiseOperand,
  c?: PointwiseOperand,
) => PointwiseOperand;
type Rule<K extends OpName> = (
  emit: Emit,
  x: PointwiseOperand,
  y: PointwiseOperand,
  z: PointwiseOperand,
  attributes: OpAttributes[K],
) => PointwiseOperand | undefined;

const constant = (value: number): PointwiseOperand => ({ constant: value });
const ZERO = constant(0);

/** An operation that the kernels have. */
const same =
  (operation: PointwiseOperation): Rule<OpName> =>
  (emit, x, y) =>
    UNARY.has(operation) ? emit(operation, x) : emit(operation, x, y);

const UNARY = new Set<PointwiseOperation>([
  'abs',
  'sqrt',
  'exp',
  'log',
  'sin',
  'cos',
  'atan',
  'tanh',
  'sigmoid',
  'erf',
  'floor',
  'round',
]);

/** `null`: the kernels have no such function, and a layer with it is traced in JavaScript. */
const rules: { readonly [K in OpName]: Rule<K> | null } = {
  ...NOT_BY_VALUE,
  add: same('add'),
  sub: same('sub'),
  mul: same('mul'),
  div: same('div'),
  maximum: same('max'),
  minimum: same('min'),
  greater: same('greater'),
  greaterEqual: same('greaterEqual'),
  equal: same('equal'),
  where: (emit, x, y, z) => emit('where', x, y, z),
  floor: same('floor'),
  round: same('round'),
  neg: (emit, x) => emit('mul', x, constant(-1)),
  abs: same('abs'),
  // NaN, which equals nothing, stays NaN.
  sign: (emit, x) =>
    emit('where', emit('equal', x, x), emit('sub', emit('greater', x, ZERO), emit('greater', ZERO, x)), x),
  exp: same('exp'),
  log: same('log'),
  sqrt: same('sqrt'),
  square: (emit, x) => emit('mul', x, x),
  sin: same('sin'),
  cos: same('cos'),
  atan: same('atan'),
  tanh: same('tanh'),
  sigmoid: same('sigmoid'),
  erf: same('erf'),
  relu: (emit, x) => emit('max', x, ZERO),
  leakyRelu: (emit, x, _y, _z, { slope }) => emit(slope <= 1 ? 'max' : 'min', x, emit('mul', x, constant(slope))),
  pow: (emit, x, _y, _z, { exponent }) => power(emit, x, exponent),
  // x / 2 · (1 + erf(x / √2))
  gelu: (emit, x) =>
    emit(
      'mul',
      emit('mul', x, constant(0.5)),
      emit('add', emit('erf', emit('mul', x, constant(Math.SQRT1_2))), constant(1)),
    ),
  // max(x, 0) + ln(1 + e^−|x|)
  softplus: (emit, x) => {
    const tail = emit('exp', emit('mul', emit('abs', x), constant(-1)));
    return emit('add', emit('max', x, ZERO), emit('log', emit('add', tail, constant(1))));
  },
  silu: (emit, x) => emit('mul', x, emit('sigmoid', x)),
};

/** The largest whole exponent that is multiplied out. */
const MOST_FACTORS = 1024;

function power(emit: Emit, x: PointwiseOperand, exponent: number): PointwiseOperand | undefined {
  if (exponent === 0.5) return emit('sqrt', x);
  if (!Number.isInteger(exponent)) return emit('exp', emit('mul', emit('log', x), constant(exponent)));
  if (Math.abs(exponent) > MOST_FACTORS) return undefined;
  if (exponent === 0) return constant(1);
  let product: PointwiseOperand | undefined;
  let square = x;
  for (let rest = Math.abs(exponent); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) product = product ? emit('mul', product, square) : square;
    if (rest > 1) square = emit('mul', square, square);
  }
  return exponent > 0 ? product! : emit('div', constant(1), product!);
}

/** A function as the kernels have it. */
export type KernelFunction = Activation | PointwiseProgram;

/** By its name, or else as a program; `undefined` where the kernels lack one of its operations. */
export function kernelFunction(f: Pointwise): KernelFunction | undefined {
  return activationNamed(compilePointwise(f)) ?? programOf(f);
}

function programOf({ from, to }: Pointwise): PointwiseProgram | undefined {
  const instructions: PointwiseInstruction[] = [];
  const emit: Emit = (operation, a, b, c) => ({
    value: instructions.push({ operation, a, ...(b && { b }), ...(c && { c }) }),
  });
  const operands = new Map<GraphNode, PointwiseOperand | undefined>([[from, { value: 0 }]]);
  const operandOf = (node: GraphNode): PointwiseOperand | undefined => {
    if (!operands.has(node)) operands.set(node, compile(node));
    return operands.get(node);
  };
  const compile = (node: GraphNode): PointwiseOperand | undefined => {
    if (node.kind === 'constant') return constant(node.value.data[0]);
    if (node.kind !== 'operation') return undefined;
    const rule = rules[node.op] as Rule<OpName> | null;
    const [x, y = x, z = x] = node.inputs.map(operandOf);
    if (!rule || !x || !y || !z) return undefined;
    return rule(emit, x, y, z, node.attributes);
  };
  const result = operandOf(to);
  if (!result) return undefined;
  // f(x) is the last value.
  if (!('value' in result) || result.value !== instructions.length) emit('add', result, ZERO);
  return { instructions };
}
