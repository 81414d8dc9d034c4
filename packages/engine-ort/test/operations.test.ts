import { type Arrays, type NdArray, ndarray, type Program, type Shape, shapesOf, sizeOf } from '@xinc/core';
import { type OpName, reachable, traceProgram } from '@xinc/core/graph';
import { differenceQuotient, runReference } from '@xinc/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gradientsOf } from '../src/program.js';
import { useEngine } from './engine.js';
import { distinctInputs, domainOf, type OpCase, opCases } from './op-cases.js';

const RUNS = 12;
const run = useEngine();

/** The operation, and a loss in which every element of its result has a weight of its own. */
function programOf(use: OpCase): Program {
  return (ops, inputs) => {
    const result = use.apply(ops, Object.values(inputs));
    const shape = ops.shapeOf(result);
    const weights = Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(2 * i + 1));
    return { result, loss: ops.sum(ops.mul(result, ops.constant(ndarray(shape, weights)))) };
  };
}

function expectClose(actual: NdArray, expected: Float64Array, tolerance: number): void {
  expect(actual.data.length).toBe(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  for (let i = 0; i < expected.length; i++) {
    expect(
      Math.abs(actual.data[i] - expected[i]) / scale,
      `element ${i}: ${actual.data[i]}, not ${expected[i]}`,
    ).toBeLessThan(tolerance);
  }
}

describe.each(Object.keys(opCases) as OpName[])('%s', (op) => {
  test('gives what its definition says, and the gradient that central differences give', async () => {
    await fc.assert(
      fc.asyncProperty(opCases[op], fc.nat(), async (use, seed) => {
        const inputs: Arrays = distinctInputs(use.shapes, domainOf(op), seed);
        const shapes = shapesOf(inputs);
        const names = Object.keys(inputs);
        const program = programOf(use);
        const executable = await run.engine.compileGradient(program, shapes, { loss: 'loss', wrt: names });
        const outputs = await executable.run(inputs);
        await executable.dispose();

        const expected = runReference(program, inputs);
        expect(outputs.result.shape).toEqual(expected.result.shape);
        expectClose(outputs.result, expected.result.data, 2e-6);
        for (const name of names) {
          const gradient = outputs[`gradient:${name}`];
          expect(gradient.shape).toEqual(shapes[name]);
          expectClose(gradient, differenceQuotient(program, inputs, name), 2e-5);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe('the gradient of a kernel', () => {
  /** K̄ by its definition, where the gradient of the result is `weights`. */
  function byDefinition(x: NdArray, weights: NdArray, [o, c, k, l]: Shape, padding: number): Float64Array {
    const [[n, , height, width], [, , h, w]] = [x.shape, weights.shape];
    const sums = new Float64Array(o * c * k * l);
    for (let i = 0; i < sums.length; i++) {
      const [out, channel, row, column] = [
        Math.floor(i / (c * k * l)),
        Math.floor(i / (k * l)) % c,
        Math.floor(i / l) % k,
        i % l,
      ];
      for (let image = 0; image < n; image++) {
        for (let y = Math.max(0, padding - row); y < Math.min(h, height + padding - row); y++) {
          for (let z = Math.max(0, padding - column); z < Math.min(w, width + padding - column); z++) {
            const from = ((image * c + channel) * height + y + row - padding) * width + z + column - padding;
            sums[i] += weights.data[((image * o + out) * h + y) * w + z] * x.data[from];
          }
        }
      }
    }
    return sums;
  }

  test.each([
    ['few channels of a large picture', [1, 3, 600, 600], [4, 3, 3, 3], 2],
    ['many channels of a large picture', [1, 5, 600, 700], [3, 5, 3, 3], 2],
    ['large kernels', [2, 3, 200, 300], [4, 3, 5, 5], 3],
  ] as const)('of %s, whose shifts are made in parts', async (_, shape, kernel, parts) => {
    const padding = 1;
    const inputs = distinctInputs([shape, kernel], [-1, 1], 3);
    const program = programOf({ shapes: [shape, kernel], apply: (ops, [x, k]) => ops.conv2d(x, k, { padding }) });
    const shapes = shapesOf(inputs);
    const nodes = reachable(gradientsOf(traceProgram(program, shapes), 'loss', ['x1']));
    expect(nodes.filter((node) => node.kind === 'operation' && node.op === 'conv2d')).toHaveLength(parts);
    const executable = await run.engine.compileGradient(program, shapes, { loss: 'loss', wrt: ['x1'] });
    const outputs = await executable.run(inputs);
    await executable.dispose();
    const weights = Float32Array.from(outputs.result.data, (_, i) => Math.sin(2 * i + 1));
    const expected = byDefinition(inputs.x0, ndarray(outputs.result.shape, weights), kernel, padding);
    expectClose(outputs['gradient:x1'], expected, 1e-5);
  });
});

describe('at corners and ties', () => {
  const gradientAt = async (program: Program, inputs: Arrays) => {
    const shapes = shapesOf(inputs);
    const wrt = Object.keys(inputs);
    const executable = await run.engine.compileGradient(program, shapes, { loss: 'loss', wrt });
    const outputs = await executable.run(inputs);
    await executable.dispose();
    return wrt.map((name) => Array.from(outputs[`gradient:${name}`].data));
  };
  const zeros = ndarray([2], Float32Array.of(0, -0));

  test.each([
    ['relu', 0],
    ['abs', 0],
    ['sign', 0],
    ['floor', 0],
    ['round', 0],
    ['softplus', 0.5],
  ] as const)('the derivative of %s at zero is %d', async (op, slope) => {
    const program: Program = (ops, { x }) => ({ loss: ops.sum(ops[op](x)) });
    expect(await gradientAt(program, { x: zeros })).toEqual([[slope, slope]]);
  });

  test('the derivative of leakyRelu at zero is its slope', async () => {
    const program: Program = (ops, { x }) => ({ loss: ops.sum(ops.leakyRelu(x, 0.25)) });
    expect(await gradientAt(program, { x: zeros })).toEqual([[0.25, 0.25]]);
  });

  test.each(['maximum', 'minimum'] as const)('a tie in %s gives the gradient to the first argument', async (op) => {
    const program: Program = (ops, { a, b }) => ({ loss: ops.sum(ops[op](a, b)) });
    const tied = ndarray([2], Float32Array.of(3, -1));
    expect(await gradientAt(program, { a: tied, b: tied })).toEqual([
      [1, 1],
      [0, 0],
    ]);
  });

  test('of the largest values of a window the first has the gradient, of a whole axis each its share', async () => {
    const x = ndarray([1, 1, 2, 4], Float32Array.of(0, 0, 5, 1, 0, 0, 2, 5));
    const pooled: Program = (ops, { x }) => ({ loss: ops.sum(ops.maxPool(x, 2)) });
    expect(await gradientAt(pooled, { x })).toEqual([[1, 0, 1, 0, 0, 0, 0, 0]]);
    const largest: Program = (ops, { x }) => ({ loss: ops.sum(ops.max(x)) });
    expect(await gradientAt(largest, { x })).toEqual([[0, 0, 0.5, 0, 0, 0, 0, 0.5]]);
  });

  test('what is not chosen has no gradient, even where it is no number', async () => {
    const program: Program = (ops, { x }) => ({ loss: ops.sum(ops.where(ops.greater(x, 0), ops.mul(x, 3), 0)) });
    expect(await gradientAt(program, { x: ndarray([2], Float32Array.of(-Infinity, 2)) })).toEqual([[0, 3]]);
  });

  test('equal and greaterEqual are 0 for what is no number', async () => {
    const executable = await run.engine.compile(
      (ops, { x }) => ({ equal: ops.equal(x, x), above: ops.greaterEqual(x, 1) }),
      { x: [3] },
    );
    const { equal, above } = await executable.run({ x: ndarray([3], Float32Array.of(Number.NaN, 1, 0)) });
    await executable.dispose();
    expect([[...equal.data], [...above.data]]).toEqual([
      [0, 1, 1],
      [0, 1, 0],
    ]);
  });

  test('greater is 0 for equal values and passes no gradient', async () => {
    const program: Program = (ops, { a, b }) => ({ loss: ops.sum(ops.mul(a, ops.greater(a, b))) });
    const [a] = await gradientAt(program, {
      a: ndarray([3], Float32Array.of(1, 2, 3)),
      b: ndarray([3], Float32Array.of(2, 2, 2)),
    });
    expect(a).toEqual([0, 0, 1]);
  });
});

describe('programs', () => {
  test('that use a value several times get the sum of its gradients', async () => {
    const program: Program = (ops, { x, w }) => {
      const y = ops.tanh(ops.matMul(x, w));
      return { loss: ops.mean(ops.square(ops.sub(ops.mul(y, y), ops.matMul(y, w)))) };
    };
    const inputs = distinctInputs(
      [
        [3, 3],
        [3, 3],
      ],
      [-1, 1],
      5,
    );
    const named = { x: inputs.x0, w: inputs.x1 };
    const executable = await run.engine.compileGradient(
      program,
      { x: [3, 3], w: [3, 3] },
      { loss: 'loss', wrt: ['w'] },
    );
    const outputs = await executable.run(named);
    await executable.dispose();
    expectClose(outputs['gradient:w'], differenceQuotient(program, named, 'w'), 1e-5);
  });

  test('may return an input, a constant, or one value under two names', async () => {
    const executable = await run.engine.compile(
      (ops, { x }) => {
        const y = ops.neg(x);
        return { x, again: x, y, z: y, one: ops.constant(1) };
      },
      { x: [2] },
    );
    const x = ndarray([2], Float32Array.of(1, -2));
    const outputs = await executable.run({ x });
    await executable.dispose();
    expect(Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, Array.from(data)]))).toEqual({
      x: [1, -2],
      again: [1, -2],
      y: [-1, 2],
      z: [-1, 2],
      one: [1],
    });
  });

  test('may name an output like an input of another value', async () => {
    const executable = await run.engine.compile((ops, { x }) => ({ x: ops.add(x, 1) }), { x: [1] });
    const outputs = await executable.run({ x: ndarray([1], Float32Array.of(1)) });
    await executable.dispose();
    expect(outputs.x.data[0]).toBe(2);
  });

  test('give a zero gradient by what the loss does not depend on', async () => {
    const program: Program = (ops, { x, y }) => ({ loss: ops.sum(x), other: ops.sum(y) });
    const executable = await run.engine.compileGradient(program, { x: [2], y: [2] }, { loss: 'loss', wrt: ['y'] });
    const outputs = await executable.run({ x: ndarray([2]), y: ndarray([2]) });
    await executable.dispose();
    expect(Array.from(outputs['gradient:y'].data)).toEqual([0, 0]);
  });
});
