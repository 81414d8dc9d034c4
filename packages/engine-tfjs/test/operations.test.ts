import { type Engine, type NdArray, ndarray, shapesOf, sizeOf } from '@xinc/core';
import type { OpName } from '@xinc/core/graph';
import { gradientErrors } from '@xinc/core/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import plugin from '../src/index.js';
import { array, disagreement, randomArray } from './arrays.js';
import { engineWithLibraryConvolution } from './engine.js';
import { ALL_OP_CASES, inputsOf, OP_CASES, type OpCase, programOf } from './op-cases.js';

let engine: Engine;
beforeAll(async () => {
  engine = await plugin.create();
});
afterAll(() => engine.dispose());

async function evaluate(use: OpCase, on = engine): Promise<NdArray> {
  const inputs = inputsOf(use);
  const executable = await on.compile(programOf(use), shapesOf(inputs), { outputs: ['y'] });
  return (await executable.run(inputs)).y;
}

async function gradients(use: OpCase, on = engine): Promise<Record<string, NdArray>> {
  const inputs = inputsOf(use);
  const wrt = Object.keys(inputs);
  const executable = await on.compileGradient(programOf(use), shapesOf(inputs), { loss: 'loss', wrt });
  const outputs = await executable.run(inputs);
  return Object.fromEntries(wrt.map((name) => [name, outputs[`gradient:${name}`]]));
}

/** The first case of an operation, on other inputs. */
const on = (op: OpName, ...inputs: NdArray[]): OpCase => ({ ...OP_CASES[op][0], inputs });
const values = (x: NdArray): number[] => Array.from(x.data);

describe('gradients are the limits of differences', () => {
  const smooth = ALL_OP_CASES.filter(([, , use]) => !use.corner);
  test.each(smooth)('%s: %s', async (_op, _title, use) => {
    const inputs = inputsOf(use);
    const errors = await gradientErrors(programOf(use), inputs, [engine]);
    for (const name of Object.keys(inputs)) expect(errors.of(name)[0].relative, name).toBeLessThan(1e-4);
  });
});

describe('corners', () => {
  const x = array([3], [-2, 0, 2]);
  const slopes = async (use: OpCase) => {
    const sums: OpCase = { ...use, apply: (ops, inputs) => ops.sum(use.apply(ops, inputs)) };
    const weight = randomArray([], 99).data[0];
    return Object.values(await gradients(sums)).map((g) => values(g).map((v) => v / weight + 0));
  };

  test('relu′(0) = 0, abs′(0) = 0, leakyRelu′(0) = slope', async () => {
    expect(await slopes(on('relu', x))).toEqual([[0, 0, 1]]);
    expect(await slopes(on('abs', x))).toEqual([[-1, 0, 1]]);
    const leaky: OpCase = { ...on('leakyRelu', x), apply: (ops, [v]) => ops.leakyRelu(v, 0.25) };
    expect(await slopes(leaky)).toEqual([[0.25, 0.25, 1]]);
  });

  test('sign and greater have zero gradients', async () => {
    expect(await slopes(on('sign', x))).toEqual([[0, 0, 0]]);
    expect(await slopes(on('greater', x, array([3], [0, 0, 0])))).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  test('maximum and minimum give the gradient of a tie to the first input', async () => {
    const zero = array([3], [0, 0, 0]);
    expect(await slopes(on('maximum', x, zero))).toEqual([
      [0, 1, 1],
      [1, 0, 0],
    ]);
    expect(await slopes(on('minimum', x, zero))).toEqual([
      [1, 1, 0],
      [0, 0, 1],
    ]);
  });
});

describe('layouts', () => {
  const counting = (shape: readonly number[]) =>
    array(
      shape,
      Array.from({ length: sizeOf(shape) }, (_, i) => i),
    );

  test('depthToSpace puts channel c·b² + dy·b + dx at sub-pixel (dy, dx), as PyTorch does', async () => {
    const y = await evaluate(on('depthToSpace', counting([1, 8, 1, 2])));
    expect(y.shape).toEqual([1, 2, 2, 4]);
    expect(values(y)).toEqual([0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15]);
  });

  test('spaceToDepth undoes depthToSpace', async () => {
    const extent = fc.integer({ min: 1, max: 3 });
    await fc.assert(
      fc.asyncProperty(extent, extent, extent, extent, fc.integer({ min: 1, max: 4 }), async (n, c, h, w, block) => {
        const x = counting([n, c * block ** 2, h, w]);
        const roundTrip: OpCase = {
          ...on('depthToSpace', x),
          apply: (ops, [v]) => ops.spaceToDepth(ops.depthToSpace(v, block), block),
        };
        expect(await evaluate(roundTrip)).toEqual(x);
      }),
      { numRuns: 20 },
    );
  });

  test('upsampleNearest repeats each pixel in a square', async () => {
    const y = await evaluate(on('upsampleNearest', counting([1, 1, 1, 2])));
    expect(values(y)).toEqual([0, 0, 1, 1, 0, 0, 1, 1]);
  });
});

describe('convolution', () => {
  const extent = (max: number) => fc.integer({ min: 1, max });
  const convolutions = fc
    .record({
      n: extent(2),
      c: extent(3),
      o: extent(3),
      h: extent(6),
      w: extent(6),
      k: extent(4),
      l: extent(4),
      padding: fc.nat(3),
    })
    .filter(({ h, w, k, l, padding }) => h + 2 * padding >= k && w + 2 * padding >= l)
    .map(({ n, c, o, h, w, k, l, padding }): OpCase & { padding: number } => ({
      title: '',
      inputs: [randomArray([n, c, h, w], 1), randomArray([o, c, k, l], 2)],
      apply: (ops, [x, kernel]) => ops.conv2d(x, kernel, { padding }),
      padding,
    }));

  test('equals its definition, Σ x[n, c, y+i−p, x+j−p] · kernel[o, c, i, j]', async () => {
    await fc.assert(
      fc.asyncProperty(convolutions, async (use) => {
        const expected = crossCorrelation(use.inputs[0], use.inputs[1], use.padding);
        expect(disagreement(await evaluate(use), expected, 1e-5, 1e-6)).toBeLessThan(1);
      }),
      { numRuns: 40 },
    );
  });

  test('the forms for the JavaScript and the native backend have the same values and gradients', async () => {
    const native = engineWithLibraryConvolution();
    await fc.assert(
      fc.asyncProperty(convolutions, async (use) => {
        expect(disagreement(await evaluate(use), await evaluate(use, native), 1e-5, 1e-6)).toBeLessThan(1);
        const [ours, theirs] = [await gradients(use), await gradients(use, native)];
        for (const name of Object.keys(ours))
          expect(disagreement(ours[name], theirs[name], 1e-5, 1e-5)).toBeLessThan(1);
      }),
      { numRuns: 40 },
    );
  });
});

describe('accuracy', () => {
  test('erf is exact to float32: within 1.2e-7 of its value, however small that is', async () => {
    const tiny = Float32Array.from({ length: 80 }, (_, i) => (-1) ** i * 10 ** (-i / 4));
    const around = Float32Array.from({ length: 4001 }, (_, i) => (i - 2000) / 500);
    for (const data of [tiny, around]) {
      const values = (await evaluate(on('erf', ndarray([data.length], data)))).data;
      for (const [i, x] of data.entries()) {
        const expected = erfSeries(x);
        expect(Math.abs(values[i] - expected), `erf ${x}`).toBeLessThanOrEqual(1.2e-7 * Math.abs(expected));
      }
    }
  });

  test('erf keeps its limits and what is no number', async () => {
    const x = Float32Array.of(-Infinity, -1e30, -5, 0, 5, 1e30, Infinity, Number.NaN);
    expect([...(await evaluate(on('erf', ndarray([8], x)))).data]).toEqual([-1, -1, -1, 0, 1, 1, 1, Number.NaN]);
  });

  test('gelu is the exact form x·Φ(x), not the tanh approximation', async () => {
    const x = randomArray([2000], 1, -4, 4);
    const expected = ndarray(
      x.shape,
      x.data.map((v) => 0.5 * v * (1 + erfSeries(v * Math.SQRT1_2))),
    );
    expect(disagreement(await evaluate(on('gelu', x)), expected, 1e-6, 1e-6)).toBeLessThan(1);
  });
});

/** erf x = 2/√π Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n+1)) */
function erfSeries(x: number): number {
  let [sum, term] = [0, x];
  for (let n = 0; n < 120; n++) {
    sum += term / (2 * n + 1);
    term *= (-x * x) / (n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

function crossCorrelation(x: NdArray, kernel: NdArray, padding: number): NdArray {
  const [n, c, h, w] = x.shape;
  const [o, , k, l] = kernel.shape;
  const [oh, ow] = [h + 2 * padding - k + 1, w + 2 * padding - l + 1];
  const y = ndarray([n, o, oh, ow]);
  const pixel = (image: number, channel: number, row: number, column: number) =>
    row < 0 || row >= h || column < 0 || column >= w ? 0 : x.data[((image * c + channel) * h + row) * w + column];
  y.data.forEach((_, index) => {
    const [column, row] = [index % ow, Math.floor(index / ow) % oh];
    const [out, image] = [Math.floor(index / (ow * oh)) % o, Math.floor(index / (ow * oh * o))];
    let total = 0;
    for (let channel = 0; channel < c; channel++) {
      for (let i = 0; i < k; i++) {
        for (let j = 0; j < l; j++) {
          const tap = kernel.data[((out * c + channel) * k + i) * l + j];
          total += tap * pixel(image, channel, row + i - padding, column + j - padding);
        }
      }
    }
    y.data[index] = total;
  });
  return y;
}
