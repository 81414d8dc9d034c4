import { ndarray, type Shape } from '@xinc/core';
import { type AttributeValue, drawn, type ModelSpec, type NodeSpec } from './build-model.js';

/* Files of one operator, or of the few that it comes with. */

export interface Case extends ModelSpec {
  readonly title: string;
  /** Where the inputs lie; −2 to 2 unless it is said. */
  readonly between?: readonly [number, number];
}

/** One operator on inputs of these shapes. */
function one(
  op: string,
  opset: number,
  shapes: readonly Shape[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
  more: Partial<Case> & { readonly operands?: readonly string[] } = {},
): Case {
  const inputs = Object.fromEntries(shapes.map((shape, i) => [`x${i}`, shape]));
  const { operands = [], ...rest } = more;
  const nodes: NodeSpec[] = [{ op, inputs: [...Object.keys(inputs), ...operands], attributes }];
  const settings = Object.entries(attributes).map(
    ([name, value]) => `${name} ${typeof value === 'object' ? Object.values(value) : value}`,
  );
  const title = [`${op} of opset ${opset}`, `${shapes.map((s) => s.join('×')).join(', ')}`, ...settings].join(', ');
  return { title, opset, inputs, nodes, ...rest };
}

/** One of ONNX Runtime's own operators. */
function joined(op: string, shapes: readonly Shape[], attributes: Readonly<Record<string, AttributeValue>> = {}): Case {
  const plain = one(op, 17, shapes, attributes);
  return { ...plain, nodes: plain.nodes.map((node) => ({ ...node, domain: 'com.microsoft' })) };
}

/** A comparison gives truth values, which come out as 1 and 0. */
const compared = (op: string, opset = 16): Case => ({
  ...one(op, opset, [[3, 4], [4]]),
  nodes: [
    { op: 'Round', inputs: ['x0'] },
    { op: 'Round', inputs: ['x1'] },
    { op, inputs: ['value0', 'value1'] },
    { op: 'Cast', inputs: ['value2'], attributes: { to: 1 } },
  ],
});

const logic = (op: string): Case => ({
  ...one(op, 16, [
    [3, 4],
    [3, 4],
  ]),
  nodes: [
    { op: 'Greater', inputs: ['x0', 'zero'] },
    { op: 'Greater', inputs: ['x1', 'zero'] },
    { op, inputs: op === 'Not' ? ['value0'] : ['value0', 'value1'] },
    { op: 'Cast', inputs: ['value2'], attributes: { to: 1 } },
  ],
  weights: { zero: ndarray([], Float32Array.of(0)) },
});

const picture: Shape = [2, 4, 6, 7];
const statistics = (names: readonly string[], channels: number) =>
  Object.fromEntries(names.map((name) => [name, drawn([channels], name, 0.5, 1.5)]));

/** Indices that the network computes: ⌊|x|·n/2⌋, for x between −2 and 2. */
const computedIndices = (from: string): readonly NodeSpec[] => [
  { op: 'Abs', inputs: [from], outputs: ['size'] },
  { op: 'Mul', inputs: ['size', 'half'], outputs: ['scaled'] },
  { op: 'Cast', inputs: ['scaled'], outputs: ['whole'], attributes: { to: 7 } },
  { op: 'Min', inputs: ['whole', 'last'], outputs: ['index'] },
];
const indexWeights = (extent: number) => ({
  weights: { half: ndarray([], Float32Array.of(extent / 2)) },
  integers: { last: { shape: [], values: [extent - 1] } },
});

export const CASES: readonly Case[] = [
  // Value by value.
  ...[
    'Neg',
    'Abs',
    'Sign',
    'Floor',
    'Ceil',
    'Round',
    'Exp',
    'Sin',
    'Cos',
    'Atan',
    'Tan',
    'Sinh',
    'Cosh',
    'Tanh',
    'Sigmoid',
    'Erf',
    'Relu',
    'Softplus',
    'Softsign',
  ].map((op) => one(op, 13, [[3, 5]])),
  ...['Log', 'Sqrt', 'Reciprocal'].map((op) => one(op, 13, [[3, 5]], {}, { between: [0.2, 4] })),
  ...['Add', 'Sub', 'Mul', 'Max', 'Min', 'Sum', 'Mean'].map((op) =>
    one(op, 13, [
      [2, 3, 4],
      [3, 1],
    ]),
  ),
  one('Div', 14, [[2, 3], [3]], {}, { between: [0.5, 3] }),
  ...['Sum', 'Max', 'Mean'].map((op) => one(op, 13, [[2, 3], [3], [2, 1]])),
  one('Mod', 13, [[4, 5], [5]], { fmod: 1 }, { between: [0.5, 4] }),
  ...['Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'Equal'].map((op) => compared(op)),
  compared('Equal', 11),
  ...['And', 'Or', 'Xor', 'Not'].map(logic),
  {
    ...one('Where', 16, [[3, 4], [2, 1, 4], [1]]),
    nodes: [
      { op: 'Greater', inputs: ['x0', 'x2'] },
      { op: 'Where', inputs: ['value0', 'x1', 'x2'] },
    ],
  },
  one('Pow', 15, [[3, 4]], {}, { operands: ['e'], weights: { e: ndarray([], Float32Array.of(3)) } }),
  {
    ...one('Pow', 15, [[3, 4]], {}, { weights: { two: ndarray([], Float32Array.of(2)) } }),
    nodes: [{ op: 'Pow', inputs: ['two', 'x0'] }],
  },
  one('LeakyRelu', 16, [[3, 4]], { alpha: { float: 0.3 } }),
  one('PRelu', 16, [[2, 3, 4, 4]], {}, { operands: ['slope'], weights: { slope: drawn([3, 1, 1], 'slope') } }),
  one('ThresholdedRelu', 10 + 1, [[3, 4]], { alpha: { float: 0.5 } }),
  one('Elu', 11, [[3, 4]], { alpha: { float: 0.7 } }),
  one('Selu', 11, [[3, 4]]),
  one('Celu', 12, [[3, 4]], { alpha: { float: 0.6 } }),
  one('HardSigmoid', 11, [[3, 4]], { alpha: { float: 0.3 }, beta: { float: 0.4 } }),
  one('HardSwish', 14, [[3, 4]], {}, { between: [-5, 5] }),
  one('Mish', 18, [[3, 4]], {}, { between: [-5, 5] }),
  one('Gelu', 20, [[3, 4]]),
  one('Gelu', 20, [[3, 4]], { approximate: 'tanh' }),
  one(
    'Clip',
    12,
    [[3, 4]],
    {},
    {
      operands: ['low', 'high'],
      weights: { low: ndarray([], Float32Array.of(-0.5)), high: ndarray([], Float32Array.of(1)) },
    },
  ),
  one('Clip', 13, [[3, 4]], {}, { operands: ['', 'high'], weights: { high: ndarray([], Float32Array.of(0.5)) } }),
  {
    ...one('Cast', 13, [[3, 4]]),
    title: 'Cast to whole numbers cuts off, towards zero',
    nodes: [
      { op: 'Cast', inputs: ['x0'], attributes: { to: 7 } },
      { op: 'Cast', inputs: ['value0'], attributes: { to: 1 } },
    ],
  },
  {
    ...one('Div', 14, [[3, 4]]),
    title: 'whole numbers that the network computes are divided as such, and their rest is the divisor’s',
    between: [-40, 40],
    integers: { seven: { shape: [], values: [7] } },
    nodes: [
      { op: 'Cast', inputs: ['x0'], attributes: { to: 7 } },
      { op: 'Div', inputs: ['value0', 'seven'], outputs: ['quotient'] },
      { op: 'Mod', inputs: ['value0', 'seven'], outputs: ['rest'] },
      { op: 'Mul', inputs: ['quotient', 'rest'], outputs: ['both'] },
      { op: 'Cast', inputs: ['both'], attributes: { to: 1 } },
    ],
  },
  ...[
    ['joined', [{ op: 'Concat', inputs: ['whole', 'whole'], outputs: ['moved'], attributes: { axis: 1 } }]],
    ['parted', [{ op: 'Split', inputs: ['whole'], outputs: ['moved', 'other'], attributes: { axis: 1 } }]],
    ['chosen', [{ op: 'Gather', inputs: ['whole', 'two'], outputs: ['moved'], attributes: { axis: 1 } }]],
    ['turned', [{ op: 'Transpose', inputs: ['whole'], outputs: ['moved'] }]],
    ['reversed', [{ op: 'Slice', inputs: ['whole', 'last', 'least', 'one', 'back'], outputs: ['moved'] }]],
    ['repeated', [{ op: 'Tile', inputs: ['whole', 'two'], outputs: ['moved'] }]],
    ['padded', [{ op: 'Pad', inputs: ['whole', 'pads'], outputs: ['moved'] }]],
    ['seen otherwise', [{ op: 'Reshape', inputs: ['whole', 'shape'], outputs: ['moved'] }]],
    [
      'chosen by a condition',
      [
        { op: 'Equal', inputs: ['whole', 'seven'] },
        { op: 'Where', inputs: ['value1', 'seven', 'whole'], outputs: ['moved'] },
      ],
    ],
    ['squared', [{ op: 'Pow', inputs: ['whole', 'exponent'], outputs: ['moved'] }]],
    ['the larger of two', [{ op: 'Max', inputs: ['whole', 'seven'], outputs: ['moved'] }]],
    ['added up', [{ op: 'ReduceSum', inputs: ['whole', 'one'], outputs: ['moved'] }]],
    ['the largest', [{ op: 'ReduceMax', inputs: ['whole'], outputs: ['moved'], attributes: { axes: [1] } }]],
  ].map(
    ([title, nodes]): Case => ({
      ...one('Div', 13, [[3, 4]]),
      title: `whole numbers that are ${title} are divided as such`,
      between: [-40, 40],
      integers: {
        seven: { shape: [], values: [7] },
        exponent: { shape: [], values: [3] },
        two: [1, 2],
        one: [1],
        last: [-1],
        least: [-(2 ** 53)],
        back: [-2],
        pads: [0, 1, 1, 0],
        shape: [2, -1],
      },
      nodes: [
        { op: 'Cast', inputs: ['x0'], outputs: ['whole'], attributes: { to: 7 } },
        ...(nodes as readonly NodeSpec[]),
        { op: 'Div', inputs: ['moved', 'seven'], outputs: ['quotient'] },
        { op: 'Cast', inputs: ['quotient'], attributes: { to: 1 } },
      ],
    }),
  ),
  {
    ...one('Pad', 13, [[3, 4]]),
    title: 'borders as PyTorch computes them: pairs, the last axis first, turned around',
    integers: {
      pairs: [-1, 2],
      given: [1, 0, 2, 1],
      last: [-1],
      least: [-(2 ** 53)],
      zero: [0],
      back: [-1],
      flat: [-1],
    },
    nodes: [
      { op: 'Reshape', inputs: ['given', 'pairs'] },
      { op: 'Slice', inputs: ['value0', 'last', 'least', 'zero', 'back'] },
      { op: 'Transpose', inputs: ['value1'], attributes: { perm: [1, 0] } },
      { op: 'Reshape', inputs: ['value2', 'flat'] },
      { op: 'Cast', inputs: ['value3'], attributes: { to: 7 } },
      { op: 'Pad', inputs: ['x0', 'value4'] },
    ],
  },
  {
    ...one('Div', 14, [[2, 64]]),
    title: 'a scale that is computed of a shape is a fraction',
    integers: { one: [1] },
    weights: { unit: ndarray([], Float32Array.of(1)) },
    nodes: [
      { op: 'Shape', inputs: ['x0'] },
      { op: 'Gather', inputs: ['value0', 'one'] },
      { op: 'Cast', inputs: ['value1'], attributes: { to: 1 } },
      { op: 'Sqrt', inputs: ['value2'] },
      { op: 'Div', inputs: ['unit', 'value3'] },
      { op: 'Mul', inputs: ['x0', 'value4'] },
    ],
  },
  {
    ...one('Tile', 13, [[1, 3]]),
    title: 'numbers that are known are added up, three at once',
    integers: { a: [1, 0], b: [1, 1], c: [2, 0] },
    nodes: [
      { op: 'Max', inputs: ['a', 'b', 'c'] },
      { op: 'Tile', inputs: ['x0', 'value0'] },
    ],
  },
  {
    ...one('Expand', 13, [[1, 3]]),
    title: 'a shape that is chosen by Equal and Where',
    integers: { given: [4, -1], minus: { shape: [], values: [-1] }, own: [1, 3] },
    nodes: [
      { op: 'Equal', inputs: ['given', 'minus'] },
      { op: 'Where', inputs: ['value0', 'own', 'given'] },
      { op: 'Expand', inputs: ['x0', 'value1'] },
    ],
  },

  // Layout and looking up.
  one('Tile', 13, [[2, 3]], {}, { operands: ['r'], integers: { r: [2, 3] } }),
  one(
    'Slice',
    13,
    [[5, 6]],
    {},
    { operands: ['s', 'e', 'a', 't'], integers: { s: [4, 1], e: [-6, 6], a: [0, 1], t: [-1, 2] } },
  ),
  one(
    'Gather',
    13,
    [[5, 4]],
    { axis: 1 },
    { operands: ['i'], integers: { i: { shape: [2, 3], values: [0, 3, -1, 2, 2, -4] } } },
  ),
  one('Gather', 13, [[5, 4]], {}, { operands: ['i'], integers: { i: { shape: [], values: [3] } } }),
  {
    ...one('Gather', 13, [[6]], {}, indexWeights(5)),
    title: 'Gather of a table at places that the network computes',
    weights: { ...indexWeights(5).weights, table: drawn([5, 3], 'table') },
    nodes: [...computedIndices('x0'), { op: 'Gather', inputs: ['table', 'index'] }],
  },
  {
    ...one(
      'GatherElements',
      13,
      [
        [4, 3],
        [2, 3],
      ],
      {},
      indexWeights(4),
    ),
    nodes: [...computedIndices('x1'), { op: 'GatherElements', inputs: ['x0', 'index'], attributes: { axis: 0 } }],
  },
  {
    ...one(
      'GatherND',
      13,
      [
        [4, 4, 3],
        [5, 2],
      ],
      {},
      indexWeights(4),
    ),
    nodes: [...computedIndices('x1'), { op: 'GatherND', inputs: ['x0', 'index'] }],
  },
  ...['reflect', 'edge'].map((mode) =>
    one('Pad', 13, [[1, 2, 4, 5]], { mode }, { operands: ['p'], integers: { p: [0, 0, 2, 1, 0, 0, 1, 3] } }),
  ),
  one('Pad', 19, [[2, 5]], { mode: 'wrap' }, { operands: ['p'], integers: { p: [0, 2, 0, 3] } }),
  one(
    'Pad',
    13,
    [[3, 4]],
    {},
    { operands: ['p', 'v'], integers: { p: [1, -1, 0, 2] }, weights: { v: ndarray([], Float32Array.of(1.5)) } },
  ),
  {
    ...one('Range', 13, [[6]]),
    integers: { from: { shape: [], values: [0] }, to: { shape: [], values: [6] }, by: { shape: [], values: [1] } },
    nodes: [
      { op: 'Range', inputs: ['from', 'to', 'by'] },
      { op: 'Cast', inputs: ['value0'], attributes: { to: 1 } },
      { op: 'Mul', inputs: ['x0', 'value1'] },
    ],
  },
  {
    ...one('ConstantOfShape', 13, [[2, 3]], {}, { integers: { shape: [2, 3] } }),
    nodes: [
      { op: 'ConstantOfShape', inputs: ['shape'] },
      { op: 'Add', inputs: ['value0', 'x0'] },
    ],
  },
  {
    ...one('Size', 13, [[2, 3]]),
    nodes: [
      { op: 'Size', inputs: ['x0'] },
      { op: 'Cast', inputs: ['value0'], attributes: { to: 1 } },
      { op: 'Mul', inputs: ['x0', 'value1'] },
    ],
  },

  // Pictures.
  ...(['bilinear', 'nearest', 'bicubic'] as const).flatMap((mode) =>
    ['zeros', 'border', 'reflection'].flatMap((padding_mode) =>
      [0, 1].map((align_corners) =>
        one('GridSample', 16, [picture, [2, 3, 4, 2]], { mode, padding_mode, align_corners }),
      ),
    ),
  ),
  ...(['linear', 'cubic'] as const).map((mode) =>
    one('GridSample', 20, [picture, [2, 3, 4, 2]], { mode, align_corners: 1 }),
  ),
  one('MaxPool', 12, [picture], { kernel_shape: [2, 3], strides: [2, 1] }),
  one('MaxPool', 12, [picture], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  one('MaxPool', 12, [picture], { kernel_shape: [2, 2], dilations: [2, 3] }),
  one('MaxPool', 12, [picture], { kernel_shape: [3, 2], strides: [3, 2], ceil_mode: 1 }),
  one('MaxPool', 12, [picture], { kernel_shape: [3, 2], strides: [1, 2], auto_pad: 'SAME_UPPER' }),
  one('AveragePool', 11, [picture], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  one('AveragePool', 11, [picture], {
    kernel_shape: [3, 3],
    strides: [2, 2],
    pads: [1, 0, 1, 1],
    count_include_pad: 1,
  }),
  one('AveragePool', 19, [picture], { kernel_shape: [3, 2], strides: [3, 2], ceil_mode: 1 }),
  one('AveragePool', 11, [picture], { kernel_shape: [2, 2], strides: [2, 2] }),
  one('GlobalAveragePool', 11, [picture]),
  one('GlobalMaxPool', 11, [picture]),

  // Sums, products, normalisations.
  ...[
    'ReduceMean',
    'ReduceSum',
    'ReduceMax',
    'ReduceMin',
    'ReduceL1',
    'ReduceL2',
    'ReduceSumSquare',
    'ReduceLogSumExp',
  ].map((op) => one(op, 18, [[3, 4, 5]], { keepdims: 0 }, { operands: ['a'], integers: { a: [0, -1] } })),
  ...['ReduceMean', 'ReduceSum', 'ReduceMax', 'ReduceL2'].map((op) => one(op, 11, [[3, 4, 5]], { axes: [1] })),
  one('ReduceMean', 18, [[3, 4]]),
  one('ReduceSum', 13, [[3, 4]], { noop_with_empty_axes: 1 }),
  one('ReduceLogSum', 18, [[3, 4]], {}, { between: [0.5, 2] }),
  one('Softmax', 13, [[2, 3, 4]], { axis: 1 }),
  one('Softmax', 11, [[2, 3, 4]], { axis: 1 }),
  one('Softmax', 11, [[2, 3, 4]]),
  one('Softmax', 13, [[2, 3, 4]]),
  one('LogSoftmax', 13, [[2, 3, 4]], { axis: -1 }),
  one(
    'LayerNormalization',
    17,
    [[2, 3, 4]],
    { axis: -1 },
    { operands: ['s', 'b'], weights: statistics(['s', 'b'], 4) },
  ),
  one('LayerNormalization', 17, [[2, 3, 4]], { axis: 1 }, { operands: ['s'], weights: { s: drawn([3, 4], 's') } }),
  one('InstanceNormalization', 11, [picture], {}, { operands: ['s', 'b'], weights: statistics(['s', 'b'], 4) }),
  one(
    'GroupNormalization',
    21,
    [picture],
    { num_groups: 2 },
    { operands: ['s', 'b'], weights: statistics(['s', 'b'], 4) },
  ),
  one(
    'GroupNormalization',
    18,
    [picture],
    { num_groups: 2 },
    { operands: ['s', 'b'], weights: statistics(['s', 'b'], 2) },
  ),
  one(
    'BatchNormalization',
    15,
    [picture],
    {},
    { operands: ['s', 'b', 'm', 'v'], weights: statistics(['s', 'b', 'm', 'v'], 4) },
  ),
  one('RMSNormalization', 23, [[2, 3, 4]], {}, { operands: ['s'], weights: statistics(['s'], 4) }),
  one('MeanVarianceNormalization', 13, [picture]),
  { ...one('MeanVarianceNormalization', 13, [picture], { axes: [2, 3] }), between: [-1e-3, 1e-3] },
  one('LpNormalization', 11, [[3, 4]], { axis: 1, p: 1 }),
  one('LpNormalization', 11, [[3, 4]], { axis: 0 }),
  ...[0, 1].flatMap((transA) =>
    [0, 1].map((transB) =>
      one('Gemm', 13, [transA ? [4, 3] : [3, 4], transB ? [5, 4] : [4, 5], [5]], {
        transA,
        transB,
        alpha: { float: 0.5 },
        beta: { float: 2 },
      }),
    ),
  ),
  one('MatMul', 13, [
    [2, 3, 4],
    [4, 5],
  ]),
  one('MatMul', 13, [
    [2, 3, 4, 5],
    [3, 5, 2],
  ]),
  one(
    'Einsum',
    12,
    [
      [3, 4],
      [5, 4],
    ],
    { equation: 'bi,oi->bo' },
  ),
  one(
    'Einsum',
    12,
    [
      [2, 3, 4, 5],
      [2, 3, 6, 5],
    ],
    { equation: 'bhid, bhjd -> bhij' },
  ),
  one(
    'Einsum',
    12,
    [
      [2, 3, 4],
      [3, 5],
    ],
    { equation: 'nci,co->nio' },
  ),
  one('Einsum', 12, [[2, 3], [3]], { equation: 'ij,j' }),
  one('Einsum', 12, [[2, 3, 4]], { equation: 'abc->ca' }),

  one('MatMul', 13, [[3], [3, 4]]),
  one('MatMul', 13, [[2, 4, 3], [3]]),
  one('MatMul', 13, [[3], [3]]),
  one(
    'Gemm',
    13,
    [
      [5, 3],
      [4, 5],
    ],
    { transA: 1, transB: 1 },
  ),
  {
    ...one('InstanceNormalization', 17, [[2, 6, 3, 4]]),
    title: 'a group normalisation in three operators, and a scale per group',
    weights: statistics(['s', 'b'], 3),
    integers: { grouped: [0, 3, -1], own: [2, 6, 3, 4] },
    nodes: [
      { op: 'Reshape', inputs: ['x0', 'grouped'] },
      { op: 'InstanceNormalization', inputs: ['value0', 's', 'b'] },
      { op: 'Reshape', inputs: ['value1', 'own'] },
    ],
  },

  // Convolutions and sizes.
  one('Conv', 11, [picture, [6, 2, 3, 2]], { group: 2, dilations: [2, 1], strides: [1, 2], pads: [1, 0, 2, 1] }),
  one('Conv', 11, [picture, [5, 4, 3, 3], [5]], { auto_pad: 'SAME_LOWER', strides: [2, 2] }),
  one('Conv', 11, [picture, [4, 1, 5, 5]], { group: 4, pads: [2, 2, 2, 2] }),
  one('ConvTranspose', 11, [picture, [4, 3, 3, 2], [6]], {
    group: 2,
    strides: [2, 3],
    pads: [1, 0, 0, 1],
    output_padding: [1, 2],
  }),
  ...['half_pixel', 'align_corners', 'asymmetric', 'pytorch_half_pixel'].flatMap((coordinate_transformation_mode) =>
    ['nearest', 'linear', 'cubic'].map((mode) =>
      one(
        'Resize',
        18,
        [[1, 2, 4, 5]],
        { mode, coordinate_transformation_mode },
        { operands: ['', '', 'size'], integers: { size: [1, 2, 7, 10] } },
      ),
    ),
  ),
  // Channels last, as an optimiser turns it; with the axes named; the size of one axis.
  one(
    'Resize',
    13,
    [[1, 4, 5, 3]],
    { mode: 'linear' },
    { operands: ['', 'scales'], weights: { scales: ndarray([4], Float32Array.of(1, 2, 3, 1)) } },
  ),
  one(
    'Resize',
    18,
    [[2, 3, 4, 5]],
    { mode: 'nearest', axes: [3, 2] },
    { operands: ['', '', 'size'], integers: { size: [10, 6] } },
  ),
  one(
    'Resize',
    18,
    [[1, 2, 4, 5]],
    { mode: 'linear', axes: [2] },
    { operands: ['', '', 'size'], integers: { size: [9] } },
  ),
  // The size is a multiple, the scale is not: places are those of the scale.
  one(
    'Resize',
    13,
    [[1, 1, 3, 3]],
    { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
    { operands: ['', 'scales'], weights: { scales: ndarray([4], Float32Array.of(1, 1, 2.3, 2.3)) } },
  ),
  one('DepthToSpace', 13, [[1, 8, 2, 3]], { blocksize: 2 }),
  one('DepthToSpace', 13, [[1, 8, 2, 3]], { blocksize: 2, mode: 'CRD' }),
  one('SpaceToDepth', 13, [[1, 2, 4, 6]], { blocksize: 2 }),

  // What ONNX Runtime's optimiser writes.
  joined('Gelu', [[3, 4]]),
  joined('QuickGelu', [[3, 4]], { alpha: { float: 1.3 } }),
  joined('QuickGelu', [[3, 4]], { alpha: { float: 1 } }),
  joined('FastGelu', [[3, 4]]),
  joined('FastGelu', [[3, 4], [4]]),
  joined('BiasGelu', [[3, 4], [4]]),
  joined('FusedConv', [picture, [5, 4, 3, 3], [5]], { activation: 'Relu', pads: [1, 1, 1, 1] }),
  joined('FusedConv', [picture, [5, 4, 1, 1]], { activation: 'LeakyRelu', activation_params: { floats: [0.3] } }),
  joined('FusedConv', [picture, [5, 4, 1, 1], [5], [2, 5, 6, 7]], { activation: 'Tanh' }),
  joined('FusedConv', [picture, [5, 4, 1, 1], [5]], { activation: 'Clip', activation_params: { floats: [-0.5, 1] } }),
  joined('FusedGemm', [[3, 4], [5, 4], [5]], { activation: 'Sigmoid', transB: 1 }),
  joined('FusedGemm', [[3, 4], [4, 5], [5]], { activation: 'LeakyRelu', activation_alpha: { float: 0.4 } }),
  joined(
    'FusedMatMul',
    [
      [2, 3, 4],
      [2, 5, 4],
    ],
    { alpha: { float: 0.5 }, transB: 1 },
  ),
  joined(
    'FusedMatMul',
    [
      [2, 3, 4],
      [4, 5],
    ],
    { alpha: { float: 2.5 } },
  ),
  joined(
    'FusedMatMul',
    [
      [3, 4],
      [5, 4],
    ],
    { transB: 1 },
  ),
  {
    ...joined('FusedMatMul', [[3, 4]], { transB: 1, alpha: { float: 2 } }),
    title: 'FusedMatMul with a weight that it turns around',
    nodes: [
      {
        op: 'FusedMatMul',
        domain: 'com.microsoft',
        inputs: ['x0', 'w'],
        attributes: { transB: 1, alpha: { float: 2 } },
      },
    ],
    weights: { w: drawn([5, 4], 'w') },
  },

  // Newer sets.
  one('Swish', 24, [[3, 4]], { alpha: { float: 1.5 } }),
  one('LayerNormalization', 24, [[2, 4]], {}, { operands: ['s', 'b'], weights: statistics(['s', 'b'], 4) }),
  one('ReduceMax', 20, [[3, 4]], { keepdims: 0 }),
  one('Cast', 24, [[3, 4]], { to: 1 }),
];
