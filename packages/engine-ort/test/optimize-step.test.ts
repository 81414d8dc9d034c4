import { type Arrays, type NdArray, ndarray, type Program, type Shapes, shapesOf, sizeOf } from '@xinc/core';
import { type GraphNode, type NamedNodes, reachable, traceProgram } from '@xinc/core/graph';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { associateProducts } from '../src/passes/associate-products.js';
import { joinBiases } from '../src/passes/join-biases.js';
import { arrangeLongProducts } from '../src/passes/long-products.js';
import { moveFactors } from '../src/passes/move-factors.js';
import { optimizeStep } from '../src/passes/optimize-step.js';
import { splitRows } from '../src/passes/split-rows.js';
import { gradientsOf } from '../src/program.js';
import { distinctInputs, opCases } from './op-cases.js';
import { runModel } from './run-model.js';

/** A graph as text: `mul(x, 2)`. */
function show(node: GraphNode): string {
  if (node.kind === 'input') return node.name;
  if (node.kind === 'constant') return node.value.data.length === 1 ? String(node.value.data[0]) : 'constant';
  return `${node.op}(${node.inputs.map(show).join(', ')})`;
}

function moved(program: Program, shapes: Shapes): Record<string, string> {
  const { graph, outputs } = traceProgram(program, shapes);
  return Object.fromEntries(Object.entries(moveFactors(graph, outputs)).map(([name, node]) => [name, show(node)]));
}

/** Elements that multiplications by a constant pass over. */
const scaledElements = (outputs: NamedNodes) =>
  reachable(Object.values(outputs))
    .filter(
      (node) => node.kind === 'operation' && node.op === 'mul' && node.inputs.some(({ kind }) => kind === 'constant'),
    )
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);

describe('factors', () => {
  const image = { x: [1, 2, 8, 8], k: [3, 2, 3, 3], b: [1, 3, 1, 1] };

  test('of a feature map move into the kernel and the bias that make it', () => {
    const { y } = moved(
      (ops, { x, k, b }) => ({ y: ops.erf(ops.mul(ops.add(ops.conv2d(x, k, { padding: 1 }), b), 0.5)) }),
      image,
    );
    expect(y).toBe('erf(add(conv2d(x, mul(k, 0.5)), mul(b, 0.5)))');
  });

  test('of a feature map move through layout and product into the next kernel', () => {
    const { y } = moved(
      (ops, { x, k }) => ({
        y: ops.relu(
          ops.conv2d(
            ops.mul(
              ops.pad(ops.mul(x, 3), [
                [0, 0],
                [0, 0],
                [1, 1],
                [1, 1],
              ]),
              2,
            ),
            k,
          ),
        ),
      }),
      image,
    );
    expect(y).toBe('relu(conv2d(pad(x), mul(k, 6)))');
  });

  test('stay where the value without them is needed as well', () => {
    const { y, z } = moved((ops, { x, k }) => {
      const product = ops.conv2d(x, k);
      return { y: ops.erf(ops.mul(product, 0.5)), z: ops.exp(product) };
    }, image);
    expect([y, z]).toEqual(['erf(mul(conv2d(x, k), 0.5))', 'exp(conv2d(x, k))']);
  });

  test('are squared by a square and pass a negation', () => {
    const { y, z } = moved((ops, { x }) => ({ y: ops.square(ops.mul(x, 3)), z: ops.neg(ops.mul(x, 3)) }), image);
    expect([y, z]).toEqual(['mul(square(x), 9)', 'mul(neg(x), 3)']);
  });

  test('that float32 could not bear are not moved', () => {
    const { y } = moved((ops, { x }) => ({ y: ops.sum(ops.square(ops.mul(x, 2 ** 40))) }), { x: [4] });
    expect(y).toBe('sum(square(mul(x, 1099511627776)))');
  });

  test('of a concatenation move on if they are one', () => {
    const join =
      (other: number): Program =>
      (ops, { x, z }) => ({
        y: ops.mul(ops.concat([ops.mul(x, 2), ops.mul(z, other)], 0), 3),
      });
    const shapes = { x: [4], z: [4] };
    expect(moved(join(2), shapes).y).toBe('mul(concat(x, z), 6)');
    expect(moved(join(5), shapes).y).toBe('mul(concat(mul(x, 2), mul(z, 5)), 3)');
  });
});

describe('small numbers', () => {
  /** Those that float32 holds with fewer digits, which processors take a hundred times as long for. */
  const isTiny = (value: number) => value !== 0 && Math.abs(value) < 2 ** -126;

  test('do not come of a GELU far from 0: its gradient is 0 there', async () => {
    const x = ndarray(
      [4001],
      Float32Array.from({ length: 4001 }, (_, i) => (i - 2000) / 100),
    );
    const scale = ndarray([], Float32Array.of(1e-7));
    const program: Program = (ops, { x, scale }) => ({ loss: ops.sum(ops.mul(ops.gelu(x), scale)) });
    const traced = traceProgram(program, { x: [4001], scale: [] });
    const step = optimizeStep(traced.graph, { gradient: gradientsOf(traced, 'loss', ['x'])[0] });
    const { gradient } = await runModel(step, { x, scale });
    expect(gradient.data.filter(isTiny)).toHaveLength(0);
    expect(gradient.data.findLastIndex((_, i) => x.data[i] < -7 && gradient.data[i] !== 0)).toBe(-1);
    expect(gradient.data.every((value, i) => x.data[i] <= 7 || value === scale.data[0])).toBe(true);
  });
});

describe('the slope of a ReLU', () => {
  test('is 1 above 0 and 0 elsewhere, however close', async () => {
    const x = ndarray([8], Float32Array.of(-1, -0, 0, 2 ** -126, 1e-20, 1, 3e38, Number.POSITIVE_INFINITY));
    const traced = traceProgram((ops, { x }) => ({ loss: ops.sum(ops.relu(x)) }), { x: [8] });
    const step = { gradient: gradientsOf(traced, 'loss', ['x'])[0] };
    const { gradient } = await runModel(step, { x }, { training: true });
    expect(Array.from(gradient.data)).toEqual([0, 0, 0, 1, 1, 1, 1, 1]);
  });

  test('is a comparison as it is written, NaN and denormal numbers too, where nothing is trained', async () => {
    const x = ndarray([4], Float32Array.of(Number.NaN, 1e-40, 0, -1));
    const { outputs } = traceProgram((ops, { x }) => ({ y: ops.greater(ops.relu(x), 0) }), { x: [4] });
    const { y } = await runModel(outputs, { x });
    expect(Array.from(y.data)).toEqual([0, 1, 0, 0]);
  });
});

describe('the shuffle of channels to pixels', () => {
  test.each([
    [[2, 12, 3, 5], 2],
    [[1, 50, 2, 3], 5],
    [[1, 9, 1, 1], 3],
  ] as const)('of %j by %i gives the same values in a training step', async (shape, block) => {
    const x = ndarray(
      shape,
      Float32Array.from({ length: sizeOf(shape) }, (_, i) => (i - 7) * 2 ** (i % 40)),
    );
    const { outputs } = traceProgram((ops, { x }) => ({ y: ops.depthToSpace(x, block) }), { x: shape });
    const { y } = await runModel(outputs, { x }, { training: true });
    expect(y).toEqual((await runModel(outputs, { x })).y);
  });

  test('keeps what is not finite in its cell', async () => {
    const x = ndarray([1, 4, 1, 2], Float32Array.of(1, Number.POSITIVE_INFINITY, 2, 3, 4, 5, 6, 7));
    const { outputs } = traceProgram((ops, { x }) => ({ y: ops.depthToSpace(x, 2) }), { x: x.shape });
    const { y } = await runModel(outputs, { x }, { training: true });
    expect(Array.from(y.data, (value) => Number.isFinite(value))).toEqual([
      true,
      true,
      false,
      false,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('products of long matrices', () => {
  const turned = (a: readonly number[], b: readonly number[], transposeA = true) => {
    const program: Program = (ops, { a, b }) => ({ y: ops.matMul(a, b, { transposeA }) });
    const { graph, outputs } = traceProgram(program, { a, b });
    return show(arrangeLongProducts(graph, outputs).y);
  };

  test('have the narrower one second', () => {
    expect(turned([64, 4], [64, 8])).toBe('transpose(matMul(b, a))');
    expect(turned([64, 8], [64, 4])).toBe('matMul(a, b)');
  });

  test('are sums of products of pieces where these have enough rows', () => {
    expect(turned([16384, 8], [16384, 4])).toBe('sum(matMul(reshape(a), reshape(b)))');
    expect(turned([3 * 2048, 4], [3 * 2048, 8])).toBe('transpose(sum(matMul(reshape(b), reshape(a))))');
    expect(turned([2049, 8], [2049, 4])).toBe('matMul(a, b)');
    expect(turned([4096, 512], [4096, 8])).toBe('matMul(a, b)');
  });

  test('stay where they are short, or lie otherwise', () => {
    expect(turned([63, 4], [63, 8])).toBe('matMul(a, b)');
    expect(turned([4, 64], [64, 8], false)).toBe('matMul(a, b)');
  });

  test.each([64, 4096])('give the same: %i rows', async (rows) => {
    const shapes = { a: [rows, 4], b: [rows, 8] };
    const [a, b] = Object.values(distinctInputs(Object.values(shapes), [-1, 1], 5));
    const { graph, outputs } = traceProgram((ops, { a, b }) => ({ y: ops.matMul(a, b, { transposeA: true }) }), shapes);
    const [before, after] = [
      await runModel(outputs, { a, b }),
      await runModel(arrangeLongProducts(graph, outputs), { a, b }),
    ];
    expect(after.y.shape).toEqual([4, 8]);
    after.y.data.forEach((value, i) => {
      // A sum of as many products, each of at most 1.
      expect(Math.abs(value - before.y.data[i])).toBeLessThan(6e-8 * rows);
    });
  });
});

describe('products of three matrices', () => {
  const ordered = (program: Program, shapes: Shapes) => {
    const { graph, outputs } = traceProgram(program, shapes);
    return associateProducts(graph, outputs);
  };
  const shapes = { p: [2, 40], r: [2, 16], q: [16, 16] };
  // A gradient of few rows, turned by a basis, and times itself.
  const program: Program = (ops, { p, r, q }) => {
    const gradient = ops.matMul(p, r, { transposeA: true });
    return {
      turned: ops.matMul(gradient, q),
      back: ops.matMul(q, gradient, { transposeA: true, transposeB: true }),
      mean: ops.matMul(gradient, gradient, { transposeA: true }),
    };
  };

  test('are computed in the order that takes the fewest multiplications', () => {
    const { turned, back, mean } = ordered(program, shapes);
    expect(show(turned)).toBe('matMul(p, matMul(r, q))');
    expect(show(back)).toBe('matMul(matMul(q, r), p)');
    expect(show(mean)).toBe('matMul(r, matMul(matMul(p, p), r))');
  });

  test('stay where that saves less than half, where a bias comes between, and where matrices are several', () => {
    const square = { p: [16, 16], r: [16, 16], q: [16, 16] };
    expect(show(ordered(program, square).turned)).toBe('matMul(matMul(p, r), q)');
    const withBias: Program = (ops, { p, r, q }) => ({
      y: ops.matMul(ops.add(ops.matMul(p, r, { transposeA: true }), 1), q),
    });
    expect(show(ordered(withBias, shapes).y)).toBe('matMul(add(matMul(p, r), 1), q)');
    const several: Program = (ops, { p, r, q }) => ({ y: ops.matMul(ops.matMul(p, r, { transposeA: true }), q) });
    expect(show(ordered(several, { p: [3, 2, 40], r: [3, 2, 16], q: [3, 16, 16] }).y)).toBe('matMul(matMul(p, r), q)');
  });

  test('are the same', async () => {
    const [p, r, q] = Object.values(distinctInputs(Object.values(shapes), [-1, 1], 5));
    const { graph, outputs } = traceProgram(program, shapes);
    const before = await runModel(outputs, { p, r, q });
    const after = await runModel(associateProducts(graph, outputs), { p, r, q });
    for (const [name, { shape, data }] of Object.entries(before)) {
      expect(after[name].shape).toEqual(shape);
      data.forEach((value, i) => {
        expect(Math.abs(after[name].data[i] - value), name).toBeLessThan(1e-5);
      });
    }
  });
});

describe('biases of dense layers', () => {
  const dense =
    (activation: 'relu' | 'tanh', bias = true): Program =>
    (ops, { x, w1, b1, w2, b2, target }) => {
      const hidden = ops[activation](ops.add(ops.matMul(x, w1, { transposeB: true }), b1));
      const product = ops.matMul(hidden, w2, { transposeB: true });
      const output = bias ? ops.add(product, b2) : product;
      return { loss: ops.mean(ops.square(ops.sub(output, target))) };
    };
  const shapes = (rows: number) => ({
    ...{ x: [rows, 5], w1: [4, 5], b1: [4], w2: [3, 4], b2: [3], target: [rows, 3] },
  });
  const isTrained = ({ name }: { readonly name: string }) => /^[wb]/.test(name);
  const join = (program: Program, rows = 1024) => {
    const traced = traceProgram(program, shapes(rows));
    return { traced, joined: joinBiases(traced.graph, traced.outputs, isTrained) };
  };
  /** The width of what each product reads. */
  const widths = (outputs: NamedNodes) =>
    reachable(Object.values(outputs)).flatMap((node) =>
      node.kind === 'operation' && node.op === 'matMul' ? [node.inputs[0].shape[1]] : [],
    );

  test('are a column of the weights, behind a ReLU too', () => {
    expect(widths(join(dense('relu')).joined)).toEqual([6, 5]);
  });

  test('stay where a column of ones would have to be made at every step, and where rows are few', () => {
    expect(widths(join(dense('tanh')).joined)).toEqual([6, 4]);
    expect(widths(join(dense('relu'), 1023).joined)).toEqual([5, 4]);
  });

  test('stay where the sum is wider than the product', () => {
    const outer: Program = (ops, { x, w1, b1, w2, b2 }) => {
      const column = ops.matMul(x, ops.slice(w1, [0, 0], [1, 5]), { transposeB: true });
      return { loss: ops.add(ops.sum(ops.add(column, b1)), ops.add(ops.sum(w2), ops.sum(b2))) };
    };
    expect(widths(join(outer).joined)).toEqual([5]);
  });

  test('that are made of other layers are made once', () => {
    const made: Program = (ops, { x, w1, b1, w2, b2 }) => {
      const hidden = ops.add(ops.matMul(x, w1, { transposeB: true }), b1);
      const bias = ops.add(ops.mean(hidden, { axes: [0] }), 1);
      const output = ops.add(ops.matMul(x, ops.square(w1), { transposeB: true }), bias);
      return {
        loss: ops.add(ops.sum(ops.square(output)), ops.add(ops.sum(hidden), ops.add(ops.sum(w2), ops.sum(b2)))),
      };
    };
    expect(widths(join(made).joined)).toEqual([6, 6]);
  });

  test('stay where the hidden values are read by something else as well', () => {
    const twice: Program = (ops, arrays) => {
      const hidden = ops.relu(ops.add(ops.matMul(arrays.x, arrays.w1, { transposeB: true }), arrays.b1));
      const output = ops.add(ops.matMul(hidden, arrays.w2, { transposeB: true }), arrays.b2);
      return { loss: ops.add(ops.sum(output), ops.sum(hidden)) };
    };
    expect(widths(join(twice).joined)).toEqual([6, 4]);
  });

  test.each([
    { activation: 'relu', bias: true },
    { activation: 'tanh', bias: true },
    { activation: 'relu', bias: false },
  ] as const)('leave loss and gradients what they are: $activation, last bias: $bias', async ({ activation, bias }) => {
    const { traced, joined } = join(dense(activation, bias));
    const names = ['w1', 'b1', 'w2', ...(bias ? ['b2'] : [])];
    const step = (outputs: NamedNodes): NamedNodes => {
      const gradients = gradientsOf({ ...traced, outputs }, 'loss', names);
      return { ...outputs, ...Object.fromEntries(names.map((name, i) => [`of ${name}`, gradients[i]])) };
    };
    const given = shapes(1024);
    const drawn = Object.values(distinctInputs(Object.values(given), [-1, 1], 5));
    const arrays = Object.fromEntries(Object.keys(given).map((name, i) => [name, drawn[i]]));
    const [before, after] = [await runModel(step(traced.outputs), arrays), await runModel(step(joined), arrays)];
    expect(Object.keys(after)).toHaveLength(names.length + 1);
    for (const [name, { data }] of Object.entries(after))
      data.forEach((value, i) => {
        expect(value).toBeCloseTo(before[name].data[i], 5);
      });
  });
});

describe('convolutions', () => {
  const byRows = (x: readonly number[], k: readonly number[]) => {
    const { graph, outputs } = traceProgram((ops, { x, k }) => ({ y: ops.conv2d(x, k, { padding: 1 }) }), { x, k });
    return splitRows(graph, outputs);
  };

  test('from many channels to few go by rows; others stay', () => {
    const [split] = reachable(Object.values(byRows([1, 12, 32, 8], [4, 12, 3, 3]))).filter(
      (node) => node.kind === 'operation' && node.op === 'conv2d',
    );
    expect(split.shape).toEqual([1, 12, 34, 8]);
    for (const [x, k] of [
      [
        [1, 11, 32, 8],
        [4, 11, 3, 3],
      ],
      [
        [1, 12, 31, 8],
        [4, 12, 3, 3],
      ],
      [
        [1, 12, 32, 8],
        [4, 12, 1, 3],
      ],
    ]) {
      expect(show(byRows(x, k).y)).toBe('conv2d(x, k)');
    }
  });
});

describe('a step as it is run', () => {
  /** Relative to the largest value, and no closer than ONNX Runtime's sigmoid is, which is off by 1e-7 however small its value. */
  function expectSame(actual: Readonly<Record<string, NdArray>>, expected: typeof actual, tolerance = 2e-5): void {
    for (const [name, { shape, data }] of Object.entries(expected)) {
      expect(actual[name].shape).toEqual(shape);
      const scale = Math.max(0.1, ...data.map(Math.abs));
      const error = data.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[name].data[i])), 0);
      expect(error / scale, name).toBeLessThan(tolerance);
    }
  }

  /** Outputs and gradients before and after. */
  async function compare(program: Program, inputs: Arrays): Promise<{ before: NamedNodes; after: NamedNodes }> {
    const shapes = shapesOf(inputs);
    const traced = traceProgram(program, shapes);
    const names = Object.keys(inputs);
    const gradients = gradientsOf(traced, 'loss', names);
    const before = { ...traced.outputs, ...Object.fromEntries(names.map((name, i) => [`d${name}`, gradients[i]])) };
    const after = optimizeStep(traced.graph, before);
    expectSame(await runModel(after, inputs), await runModel(before, inputs));
    return { before, after };
  }

  test('computes the same loss and gradients, with fewer passes over large tensors', async () => {
    const [n, h, w] = [2, 32, 16];
    const shapes = {
      x: [n, 3, h, w],
      k1: [40, 3, 3, 3],
      b1: [1, 40, 1, 1],
      k2: [3, 10, 3, 3],
      target: [n, 3, 2 * h, 2 * w],
    };
    const drawn = Object.values(distinctInputs(Object.values(shapes), [-0.5, 0.5], 3));
    const inputs = Object.fromEntries(Object.keys(shapes).map((name, i) => [name, drawn[i]]));
    const { before, after } = await compare((ops, { x, k1, b1, k2, target }) => {
      const hidden = ops.gelu(ops.add(ops.conv2d(x, k1, { padding: 1 }), b1));
      const image = ops.tanh(ops.conv2d(ops.depthToSpace(hidden, 2), k2, { padding: 1 }));
      return { loss: ops.mean(ops.square(ops.sub(image, target))) };
    }, inputs);
    // The slope of a GELU has x/√2 of its own, a pass over what the GELU reads.
    expect(scaledElements(after) - n * 40 * h * w).toBeLessThan(scaledElements(before) / 5);
  });

  test('computes the same whatever factors stand between whatever operations', async () => {
    const ops = [
      'gelu',
      'conv2d',
      'matMul',
      'add',
      'sub',
      'mul',
      'div',
      'concat',
      'transpose',
      'slice',
      'sum',
      'square',
      'neg',
    ] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...ops).chain((op) => opCases[op]),
        fc.array(fc.constantFrom(-2, 0.5, 1, 3), { minLength: 4, maxLength: 4 }),
        fc.nat(1000),
        async (use, factors, seed) => {
          const program: Program = (ops, values) => {
            const scaled = Object.values(values).map((value, i) => ops.mul(value, factors[i % 3]));
            const result = ops.mul(use.apply(ops, scaled), factors[3]);
            return { result, loss: ops.sum(ops.sigmoid(ops.mul(result, 0.1))) };
          };
          await compare(program, distinctInputs(use.shapes, [0.4, 1.5], seed));
        },
      ),
      { numRuns: 40 },
    );
  });
});
