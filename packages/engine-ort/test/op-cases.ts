import { type Arrays, ndarray, type Ops, type Shape, sizeOf } from '@xinc/core';
import type { GridSampling, OpName, ResizeMethod } from '@xinc/core/graph';
import fc from 'fast-check';

/** One use of an operation: the shapes of its inputs and the call. */
export interface OpCase {
  readonly shapes: readonly Shape[];
  apply<T>(ops: Ops<T>, inputs: readonly T[]): T;
}

const extent = fc.integer({ min: 1, max: 4 });
const shape = (rank: { min: number; max: number }) => fc.array(extent, { minLength: rank.min, maxLength: rank.max });
const anyShape = shape({ min: 0, max: 4 });
const image = fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 }), extent, extent);

/** Two shapes that broadcast: of a common shape, each may lack leading axes and have others of extent 1. */
const broadcasting = anyShape.chain((full) => {
  const part = fc
    .tuple(fc.integer({ min: 0, max: full.length }), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }))
    .map(([from, ones]) => full.slice(from).map((size, axis) => (ones[axis] ? 1 : size)));
  return fc.tuple(part, part);
});

type BinaryOp = 'add' | 'sub' | 'mul' | 'div' | 'maximum' | 'minimum' | 'greater' | 'greaterEqual' | 'equal';
const binary = (op: BinaryOp): fc.Arbitrary<OpCase> =>
  broadcasting.map((shapes) => ({ shapes, apply: (ops, [a, b]) => ops[op](a, b) }));

type UnaryOp = Exclude<
  { [K in OpName]: Ops<unknown>[K] extends (x: unknown) => unknown ? K : never }[OpName],
  undefined
>;
const unary = (op: UnaryOp): fc.Arbitrary<OpCase> =>
  anyShape.map((input) => ({ shapes: [input], apply: (ops, [x]) => ops[op](x) }));

const reduction = (op: 'sum' | 'mean' | 'max'): fc.Arbitrary<OpCase> =>
  anyShape.chain((input) =>
    fc.tuple(fc.subarray(input.map((_, axis) => axis)), fc.boolean()).map(([axes, keepDims]) => ({
      shapes: [input],
      apply: (ops, [x]) => ops[op](x, { axes, keepDims }),
    })),
  );

const upTo3 = fc.integer({ min: 1, max: 3 });
const upTo2 = fc.integer({ min: 1, max: 2 });
const sidesOf = (most: number) => fc.tuple(fc.nat(most), fc.nat(most), fc.nat(most), fc.nat(most));

/** A window of k×l taps over a picture, with every stride, dilation, number of groups and padding. */
const convolving = fc
  .record({
    x: image,
    o: upTo2,
    k: upTo3,
    l: upTo3,
    attributes: fc.record({
      padding: sidesOf(2),
      stride: fc.tuple(upTo3, upTo3),
      dilation: fc.tuple(upTo2, upTo2),
      groups: upTo2,
    }),
  })
  .filter(
    ({
      x: [, , h, w],
      k,
      l,
      attributes: {
        padding: [top, left, bottom, right],
        dilation,
      },
    }) => {
      return h + top + bottom > (k - 1) * dilation[0] && w + left + right > (l - 1) * dilation[1];
    },
  );

const resizing: fc.Arbitrary<ResizeMethod> = fc.record(
  {
    kind: fc.constantFrom('nearest', 'linear', 'cubic'),
    coordinates: fc.constantFrom('half-pixel', 'pytorch-half-pixel', 'asymmetric', 'align-corners'),
    rounding: fc.constantFrom('floor', 'ceil', 'round-prefer-floor', 'round-prefer-ceil'),
    cubicCoefficient: fc.constantFrom(-0.5, -0.75),
    scales: fc.tuple(fc.constantFrom(1.5, 2, 0.75), fc.constantFrom(1.25, 2)),
  },
  { requiredKeys: ['kind', 'coordinates'] },
);

const sampling: fc.Arbitrary<GridSampling> = fc.record({
  mode: fc.constantFrom('nearest', 'linear', 'cubic'),
  outside: fc.constantFrom('zeros', 'border', 'reflection'),
  alignCorners: fc.boolean(),
});

/** An axis of a shape, its extent, and whole numbers below that in any shape. */
const lookingUp = shape({ min: 1, max: 3 }).chain((input) =>
  fc.nat(input.length - 1).chain((axis) =>
    shape({ min: 0, max: 2 }).chain((places) => {
      const count = sizeOf(places);
      const each = fc.array(fc.nat(input[axis] - 1), { minLength: count, maxLength: count });
      return each.map((values) => ({ input, axis, indices: ndarray(places, Float32Array.from(values)) }));
    }),
  ),
);

/** Uses of each operation over its whole range of shapes and attributes. */
export const opCases: { readonly [K in OpName]: fc.Arbitrary<OpCase> } = {
  add: binary('add'),
  sub: binary('sub'),
  mul: binary('mul'),
  div: binary('div'),
  maximum: binary('maximum'),
  minimum: binary('minimum'),
  greater: binary('greater'),
  greaterEqual: binary('greaterEqual'),
  equal: binary('equal'),
  where: broadcasting.chain(([a, b]) =>
    fc.constantFrom(a, b, []).map((condition) => ({
      shapes: [condition, a, b],
      apply: (ops, [c, x, y]) => ops.where(ops.greater(c, 0), x, y),
    })),
  ),
  neg: unary('neg'),
  abs: unary('abs'),
  sign: unary('sign'),
  floor: unary('floor'),
  round: unary('round'),
  exp: unary('exp'),
  log: unary('log'),
  sqrt: unary('sqrt'),
  square: unary('square'),
  sin: unary('sin'),
  cos: unary('cos'),
  atan: unary('atan'),
  tanh: unary('tanh'),
  sigmoid: unary('sigmoid'),
  erf: unary('erf'),
  relu: unary('relu'),
  leakyRelu: fc.tuple(anyShape, fc.double({ min: -0.5, max: 2, noNaN: true })).map(([input, slope]) => ({
    shapes: [input],
    apply: (ops, [x]) => ops.leakyRelu(x, slope),
  })),
  pow: fc.tuple(anyShape, fc.constantFrom(-1, 0.5, 2, 3)).map(([input, exponent]) => ({
    shapes: [input],
    apply: (ops, [x]) => ops.pow(x, exponent),
  })),
  gelu: unary('gelu'),
  silu: unary('silu'),
  softplus: unary('softplus'),
  softmax: shape({ min: 1, max: 4 }).chain((input) =>
    fc.nat(input.length - 1).map((axis) => ({ shapes: [input], apply: (ops, [x]) => ops.softmax(x, axis) })),
  ),
  matMul: fc
    .tuple(shape({ min: 0, max: 2 }), extent, extent, extent, fc.boolean(), fc.boolean())
    .map(([lead, m, k, n, transposeA, transposeB]) => ({
      shapes: [
        [...lead, ...(transposeA ? [k, m] : [m, k])],
        [...lead, ...(transposeB ? [n, k] : [k, n])],
      ],
      apply: (ops, [a, b]) => ops.matMul(a, b, { transposeA, transposeB }),
    })),
  // Padding beyond the kernel's reach included, where the gradient has to be cut instead of padded.
  conv2d: fc.oneof(
    fc
      .tuple(image, upTo3, upTo3, upTo3, fc.nat(3))
      .filter(([[, , h, w], , k, l, padding]) => h + 2 * padding >= k && w + 2 * padding >= l)
      .map(([x, o, k, l, padding]) => ({
        shapes: [x, [o, x[1], k, l]],
        apply: <T>(ops: Ops<T>, [input, kernel]: readonly T[]) => ops.conv2d(input, kernel, { padding }),
      })),
    convolving.map(({ x: [n, c, h, w], o, k, l, attributes }) => ({
      shapes: [
        [n, c * attributes.groups, h, w],
        [o * attributes.groups, c, k, l],
      ],
      apply: <T>(ops: Ops<T>, [input, kernel]: readonly T[]) => ops.conv2d(input, kernel, attributes),
    })),
  ),
  convTranspose2d: convolving.map(({ x: [n, c, h, w], o, k, l, attributes }) => ({
    shapes: [
      [n, c * attributes.groups, h, w],
      [c * attributes.groups, o, k, l],
    ],
    apply: (ops, [input, kernel]) =>
      ops.convTranspose2d(input, kernel, {
        ...attributes,
        // Zeros of the padding are cut off here: fewer than there are rows and columns.
        padding: attributes.padding.map((side, i) => Math.min(side, i % 2 === 0 ? h - 1 : w - 1) >> 1) as never,
        outputPadding: attributes.stride.map((step) => step - 1) as never,
      }),
  })),
  averagePool: convolving
    .filter(({ k, l, attributes: { padding } }) => padding.every((side, i) => side < (i % 2 === 0 ? k : l)))
    .map(({ x, k, l, attributes: { padding, stride } }) => ({
      shapes: [x],
      apply: (ops, [input]) => ops.averagePool(input, [k, l], { stride, padding }),
    })),
  maxPool: convolving
    .filter(({ x: [, , h, w], k, l, attributes: { padding, dilation } }) =>
      padding.every((side, i) => {
        const [taps, step, extent] = i % 2 === 0 ? [k, dilation[0], h] : [l, dilation[1], w];
        return side === 0 || (side < taps && step <= extent);
      }),
    )
    .map(({ x, k, l, attributes: { padding, stride, dilation } }) => ({
      shapes: [x],
      apply: (ops, [input]) => ops.maxPool(input, [k, l], { stride, padding, dilation }),
    })),
  gather: lookingUp.map(({ input, axis, indices }) => ({
    shapes: [input],
    apply: (ops, [x]) => ops.gather(x, ops.constant(indices), axis),
  })),
  scatterAdd: lookingUp.map(({ input, axis, indices }) => ({
    shapes: [[...input.slice(0, axis), ...indices.shape, ...input.slice(axis + 1)]],
    apply: (ops, [x]) => ops.scatterAdd(x, ops.constant(indices), axis, input[axis] + 1),
  })),
  gridSample: fc.tuple(image, extent, extent, sampling).map(([x, height, width, how]) => ({
    shapes: [x, [x[0], height, width, 2]],
    apply: (ops, [input, grid]) => ops.gridSample(input, grid, how),
  })),
  resize: fc.tuple(image, extent, extent, resizing).map(([x, height, width, method]) => ({
    shapes: [x],
    apply: (ops, [input]) => ops.resize(input, height, width, method),
  })),
  reshape: anyShape.map((input) => ({
    shapes: [input],
    apply: (ops, [x]) => ops.reshape(x, [1, sizeOf(input), 1]),
  })),
  transpose: anyShape.chain((input) => {
    const axes = input.map((_, axis) => axis);
    return fc.shuffledSubarray(axes, { minLength: axes.length }).map((permutation) => ({
      shapes: [input],
      apply: (ops, [x]) => ops.transpose(x, permutation),
    }));
  }),
  concat: shape({ min: 1, max: 3 }).chain((common) =>
    fc.tuple(fc.nat(common.length - 1), fc.array(extent, { minLength: 1, maxLength: 3 })).map(([axis, sizes]) => ({
      shapes: sizes.map((size) => common.with(axis, size)),
      apply: (ops, parts) => ops.concat(parts, axis),
    })),
  ),
  slice: shape({ min: 1, max: 4 }).chain((input) =>
    fc.tuple(...input.map((size) => fc.tuple(fc.nat(size - 1), fc.nat(size - 1)))).map((bounds) => ({
      shapes: [input],
      apply: (ops, [x]) => {
        const begin = bounds.map(([a, b]) => Math.min(a, b));
        return ops.slice(
          x,
          begin,
          bounds.map(([a, b], axis) => Math.max(a, b) + 1 - begin[axis]),
        );
      },
    })),
  ),
  pad: shape({ min: 1, max: 4 }).chain((input) =>
    fc.tuple(...input.map(() => fc.tuple(fc.nat(2), fc.nat(2)))).map((padding) => ({
      shapes: [input],
      apply: (ops, [x]) => ops.pad(x, padding),
    })),
  ),
  broadcastTo: broadcasting.map(([from, other]) => {
    const rank = Math.max(from.length, other.length);
    const at = (shape: Shape, axis: number) => shape[axis - rank + shape.length] ?? 1;
    const target = Array.from({ length: rank }, (_, axis) => Math.max(at(from, axis), at(other, axis)));
    return { shapes: [from], apply: (ops, [x]) => ops.broadcastTo(x, target) };
  }),
  depthToSpace: fc.tuple(image, fc.integer({ min: 1, max: 3 })).map(([[n, c, h, w], block]) => ({
    shapes: [[n, c * block ** 2, h, w]],
    apply: (ops, [x]) => ops.depthToSpace(x, block),
  })),
  spaceToDepth: fc.tuple(image, fc.integer({ min: 1, max: 3 })).map(([[n, c, h, w], block]) => ({
    shapes: [[n, c, h * block, w * block]],
    apply: (ops, [x]) => ops.spaceToDepth(x, block),
  })),
  upsampleNearest: fc.tuple(image, fc.integer({ min: 1, max: 3 })).map(([input, scale]) => ({
    shapes: [input],
    apply: (ops, [x]) => ops.upsampleNearest(x, scale),
  })),
  sum: reduction('sum'),
  mean: reduction('mean'),
  max: reduction('max'),
};

/** Where an operation is defined and smooth over the inputs drawn for it. */
export function domainOf(op: OpName): readonly [number, number] {
  return op === 'log' || op === 'sqrt' || op === 'div' || op === 'pow' ? [0.4, 3] : [-2, 2];
}

/**
 * Values over the range, no two of them alike within or between the inputs and none zero, so that no input sits on a
 * corner (`abs`, `relu`) or a tie (`maximum`).
 */
export function distinctInputs(shapes: readonly Shape[], [low, high]: readonly [number, number], seed: number): Arrays {
  const count = shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);
  const ranks = Array.from({ length: count }, (_, rank) => rank);
  let state = seed;
  for (let i = count - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [ranks[i], ranks[j]] = [ranks[j], ranks[i]];
  }
  const values = ranks.map((rank) => low + ((rank + 0.3719) / count) * (high - low));
  return Object.fromEntries(
    shapes.map((shape, i) => [`x${i}`, ndarray(shape, Float32Array.from(values.splice(0, sizeOf(shape))))]),
  );
}
