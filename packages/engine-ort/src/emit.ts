import { type Arrays, type Shape, sizeOf } from '@xinc/core';
import {
  type ConvolutionAttributes,
  type GraphNode,
  type NamedNodes,
  type OpAttributes,
  type Operation,
  type OpName,
  oneTapKernels,
  reachable,
  resizeMatrix,
} from '@xinc/core/graph';
import { OnnxGraph, type TensorType } from './onnx.js';

/** Appends the ONNX nodes for one operation and returns the name of the result. */
type EmissionRule<K extends OpName> = (graph: OnnxGraph, inputs: readonly string[], node: Operation<K>) => string;

const FLOAT = 1;
const INT64 = 7;
const BOOL = 9;

/** Operations that ONNX has under another name, one to one. */
const as =
  (opType: string) =>
  (graph: OnnxGraph, inputs: readonly string[]): string =>
    graph.node(opType, inputs);

/** Comparisons: ONNX's give truth values, ours 1 and 0. */
const truth =
  (opType: string) =>
  (graph: OnnxGraph, inputs: readonly string[]): string =>
    graph.node('Cast', [graph.node(opType, inputs)], { to: FLOAT });

/**
 * How each operation is said in ONNX (standard operators of opset 20 only, so any ONNX runtime can run the result). A
 * matMul or conv2d with a third input has its bias there (`fuseBiases`), as Gemm and Conv do.
 */
const emissionRules: { readonly [K in OpName]: EmissionRule<K> } = {
  add: as('Add'),
  sub: as('Sub'),
  mul: as('Mul'),
  div: as('Div'),
  maximum: as('Max'),
  minimum: as('Min'),
  greater: truth('Greater'),
  greaterEqual: truth('GreaterOrEqual'),
  equal: truth('Equal'),
  where: (graph, [condition, a, b]) => graph.node('Where', [graph.node('Cast', [condition], { to: BOOL }), a, b]),
  neg: as('Neg'),
  abs: as('Abs'),
  sign: as('Sign'),
  floor: as('Floor'),
  round: as('Round'),
  exp: as('Exp'),
  log: as('Log'),
  sqrt: as('Sqrt'),
  square: (graph, [x]) => graph.node('Mul', [x, x]),
  sin: as('Sin'),
  cos: as('Cos'),
  atan: as('Atan'),
  tanh: as('Tanh'),
  sigmoid: as('Sigmoid'),
  erf: as('Erf'),
  relu: as('Relu'),
  leakyRelu: (graph, inputs, { attributes: { slope } }) => graph.node('LeakyRelu', inputs, { alpha: { float: slope } }),
  pow: (graph, [x], { attributes: { exponent } }) =>
    graph.node('Pow', [x, graph.floats(`exponent:${exponent}`, [], Float32Array.of(exponent))]),
  gelu: as('Gelu'),
  silu: (graph, [x]) => graph.node('Mul', [x, graph.node('Sigmoid', [x])]),
  softplus: as('Softplus'),
  softmax: (graph, inputs, { attributes: { axis } }) => graph.node('Softmax', inputs, { axis }),

  matMul: (graph, inputs, { attributes, shape }) =>
    shape.length === 2 ? gemm(graph, inputs, attributes) : batchedMatMul(graph, inputs, attributes, shape.length),
  conv2d: (graph, inputs, { inputs: [, kernel], attributes }) =>
    graph.node('Conv', inputs, convolutionAttributes(kernel.shape, attributes)),
  convTranspose2d: (graph, inputs, { inputs: [, kernel], attributes }) =>
    graph.node('ConvTranspose', inputs, {
      ...convolutionAttributes(kernel.shape, attributes),
      output_padding: attributes.outputPadding,
    }),
  averagePool: (graph, inputs, { attributes: { size, stride, padding } }) =>
    graph.node('AveragePool', inputs, { kernel_shape: size, strides: stride, pads: padding, count_include_pad: 1 }),
  maxPool: (graph, inputs, { attributes: { size, stride, dilation, padding } }) =>
    graph.node('MaxPool', inputs, { kernel_shape: size, strides: stride, dilations: dilation, pads: padding }),

  reshape: (graph, [x], { shape }) => reshape(graph, x, shape),
  transpose: (graph, inputs, { attributes: { permutation } }) => graph.node('Transpose', inputs, { perm: permutation }),
  concat: (graph, inputs, { attributes: { axis } }) => graph.node('Concat', inputs, { axis }),
  slice: (graph, [x], { attributes: { begin, size } }) =>
    graph.node('Slice', [
      x,
      graph.integers(begin),
      graph.integers(begin.map((first, axis) => first + size[axis])),
      graph.integers(begin.map((_, axis) => axis)),
    ]),
  pad: (graph, [x], { attributes: { padding } }) =>
    graph.node('Pad', [
      x,
      graph.integers([...padding.map(([before]) => before), ...padding.map(([, after]) => after)]),
    ]),
  broadcastTo: (graph, [x], { shape }) => graph.node('Expand', [x, graph.integers(shape)]),

  depthToSpace: (graph, inputs, { attributes: { block } }) =>
    graph.node('DepthToSpace', inputs, { blocksize: block, mode: 'CRD' }),
  // ONNX puts the places in a cell before the channels, and we after: channel by channel it is the same.
  spaceToDepth: (graph, [x], { attributes: { block }, inputs: [source], shape }) => {
    const [n, c, height, width] = source.shape;
    const channels = reshape(graph, x, [n * c, 1, height, width]);
    return reshape(graph, graph.node('SpaceToDepth', [channels], { blocksize: block }), shape);
  },
  upsampleNearest: (graph, [x], { attributes: { scale } }) =>
    graph.node('Resize', [x, '', graph.floats(`scales:${scale}`, [4], Float32Array.of(1, 1, scale, scale))], {
      mode: 'nearest',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    }),

  resize: (graph, [x], { inputs: [source], attributes: { height, width, method } }) => {
    // As products with the interpolation's matrices: exact for every method, and what its gradient is made of.
    const [n, c, h, w] = source.shape;
    const matrix = (from: number, to: number, scale: number | undefined) => {
      const { data } = resizeMatrix(from, to, method, scale);
      return graph.floats(`resize:${from}:${to}:${scale}:${JSON.stringify(method)}`, [to, from], data);
    };
    const rows = matrix(h, height, method.scales?.[0]);
    const columns = matrix(w, width, method.scales?.[1]);
    const wide = graph.node('Gemm', [reshape(graph, x, [n * c * h, w]), columns], { transA: 0, transB: 1 });
    return reshape(graph, graph.node('MatMul', [rows, reshape(graph, wide, [n * c, h, width])]), [n, c, height, width]);
  },

  gather: (graph, [x, indices], { attributes: { axis } }) =>
    graph.node('Gather', [x, wholeNumbers(graph, indices)], { axis }),
  scatterAdd: (graph, [updates, indices], { inputs: [source, places], attributes: { axis, size }, shape }) => {
    const outer = sizeOf(source.shape.slice(0, axis));
    const [count, inner] = [sizeOf(places.shape), sizeOf(shape.slice(axis + 1))];
    const flat = [outer, count, inner];
    const each = reshape(graph, wholeNumbers(graph, indices), [1, count, 1]);
    const zeros = graph.node('ConstantOfShape', [graph.integers([outer, size, inner])]);
    const sums = graph.node(
      'ScatterElements',
      [zeros, graph.node('Expand', [each, graph.integers(flat)]), reshape(graph, updates, flat)],
      { axis: 1, reduction: 'add' },
    );
    return reshape(graph, sums, shape);
  },
  gridSample: (graph, inputs, { attributes: { mode, outside, alignCorners } }) =>
    graph.node('GridSample', inputs, { mode, padding_mode: outside, align_corners: Number(alignCorners) }),

  sum: (graph, [x], { inputs: [source], attributes: { axes, keepDims }, shape }) => {
    const count = sizeOf(source.shape) / sizeOf(shape);
    if (count >= LONG_COLUMN && axes.length < source.shape.length && leading(axes)) {
      const columns = graph.node('MatMul', [graph.ones([1, count]), reshape(graph, x, [count, sizeOf(shape)])]);
      return reshape(graph, columns, shape);
    }
    return graph.node('ReduceSum', [x, graph.integers(axes)], { keepdims: Number(keepDims) });
  },
  mean: (graph, [x], { attributes: { axes, keepDims } }) =>
    graph.node('ReduceMean', [x, graph.integers(axes)], { keepdims: Number(keepDims) }),
  max: (graph, [x], { attributes: { axes, keepDims } }) =>
    graph.node('ReduceMax', [x, graph.integers(axes)], { keepdims: Number(keepDims) }),
};

/** How operations of a training step are said, where that is another way than in a program that runs as it was written. */
const trainingRules: typeof emissionRules = {
  ...emissionRules,
  greater: (graph, inputs, node) =>
    isReluSlope(node) ? reluSlope(graph, inputs[0]) : emissionRules.greater(graph, inputs, node),
  depthToSpace: (graph, inputs, node) => spreadChannels(graph, inputs[0], node),
};

/** Whether this is the slope of a ReLU as its gradient has it: [relu(x) > 0]. */
function isReluSlope({ inputs: [y, zero] }: Operation<'greater'>): boolean {
  const isZero = zero.kind === 'constant' && zero.shape.length === 0 && zero.value.data[0] === 0;
  return isZero && y.kind === 'operation' && y.op === 'relu';
}

/**
 * As min(3·10³⁸ · y, 1), which ONNX has as one operation, where a comparison and its truth value as a number are two. A y below 3·10⁻³⁹
 * counts by its part of that, and NaN is NaN.
 */
function reluSlope(graph: OnnxGraph, y: string): string {
  return graph.node('HardSigmoid', [y], { alpha: { float: 3e38 }, beta: { float: 0 } });
}

/**
 * As a transposed convolution in which each channel of a cell has its place for its kernel, a third of ONNX Runtime's time for the shuffle
 * itself, and half of its processor time. Where a value of a cell is not finite, all of the cell are NaN.
 */
function spreadChannels(
  graph: OnnxGraph,
  x: string,
  { attributes: { block }, shape: [, channels] }: Operation<'depthToSpace'>,
): string {
  const kernels = oneTapKernels(channels, [block, block]);
  return graph.node('ConvTranspose', [x, graph.floats(`places:${channels}:${block}`, kernels.shape, kernels.data)], {
    kernel_shape: [block, block],
    strides: [block, block],
    group: channels,
  });
}

/** Indices as int64; those that are constant are so once, when the model is optimised. */
const wholeNumbers = (graph: OnnxGraph, indices: string): string => graph.node('Cast', [indices], { to: INT64 });

/** The fewest rows for which adding up columns by a product with ones is faster than ReduceSum (three times at 32,768). */
const LONG_COLUMN = 256;

/** Whether these are the first axes. */
function leading(axes: readonly number[]): boolean {
  return Math.max(...axes) === axes.length - 1;
}

function reshape(graph: OnnxGraph, x: string, shape: Shape): string {
  return graph.node('Reshape', [x, graph.integers(shape)]);
}

function convolutionAttributes(
  kernel: Shape,
  { padding, stride, dilation, groups }: ConvolutionAttributes,
): Record<string, number | readonly number[]> {
  return { kernel_shape: kernel.slice(2), pads: padding, strides: stride, dilations: dilation, group: groups };
}

function gemm(graph: OnnxGraph, inputs: readonly string[], attributes: OpAttributes['matMul']): string {
  const { transposeA, transposeB } = attributes;
  return graph.node('Gemm', inputs, { transA: Number(transposeA), transB: Number(transposeB) });
}

/** ONNX Runtime joins the transpositions to the product when it optimises the graph. */
function batchedMatMul(
  graph: OnnxGraph,
  [a, b]: readonly string[],
  { transposeA, transposeB }: OpAttributes['matMul'],
  rank: number,
): string {
  const perm = Array.from({ length: rank }, (_, axis) => axis);
  perm.push(...perm.splice(rank - 2, 2).reverse());
  const turn = (x: string, turned: boolean) => (turned ? graph.node('Transpose', [x], { perm }) : x);
  return graph.node('MatMul', [turn(a, transposeA), turn(b, transposeB)]);
}

/** An ONNX model with its interface. */
export interface EmittedModel {
  readonly bytes: Uint8Array;
  /** The inputs that the outputs depend on; no others are in the model. */
  readonly inputs: readonly TensorType[];
  /** The outputs as the program calls them, with the model's name for each. */
  readonly outputs: readonly (TensorType & { readonly value: string })[];
}

export interface Emission {
  /** Inputs whose values are part of the model. */
  readonly constants?: Arrays;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Whether it is a training step, of which some operations are said by faster ones that differ where numbers are denormal or NaN. */
  readonly training?: boolean;
}

/** The model that computes `outputs`. */
export function emitModel(
  outputs: NamedNodes,
  { constants = {}, metadata = {}, training = false }: Emission = {},
): EmittedModel {
  const rules = training ? trainingRules : emissionRules;
  const graph = new OnnxGraph();
  const names = new Map<GraphNode, string>();
  const inputs: TensorType[] = [];
  for (const node of reachable(Object.values(outputs))) {
    if (node.kind === 'input' && Object.hasOwn(constants, node.name)) {
      names.set(node, graph.floats(node.name, node.shape, constants[node.name].data));
    } else if (node.kind === 'input') {
      inputs.push({ name: node.name, shape: node.shape });
      names.set(node, graph.input(node.name, node.shape));
    } else if (node.kind === 'constant') {
      names.set(node, graph.floats(`constant:${node.id}`, node.shape, node.value.data));
    } else {
      names.set(node, emitOperation(graph, node, names, rules));
    }
  }
  const results = Object.entries(outputs).map(([name, node]) => ({
    name,
    shape: node.shape,
    value: graph.output(names.get(node)!, name, node.shape),
  }));
  return { bytes: graph.encode(metadata), inputs, outputs: results };
}

function emitOperation<K extends OpName>(
  graph: OnnxGraph,
  node: Operation<K>,
  names: ReadonlyMap<GraphNode, string>,
  rules: typeof emissionRules,
): string {
  const rule = rules[node.op] as EmissionRule<K>;
  return rule(
    graph,
    node.inputs.map((input) => names.get(input)!),
    node,
  );
}
