import { type Arrays, type NdArray, ndarray, type Program, type Shapes, shapesOf, sizeOf } from '@xinc/core';
import { type NamedNodes, type OpName, reachable, traceProgram } from '@xinc/core/graph';
import { differenceQuotient, runReference } from '@xinc/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ownGradientRules } from '../src/onednn/own-operations.js';
import { planStep } from '../src/onednn/plan.js';
import { listNodes } from '../src/onednn/step-graph.js';
import { optimizeForOneDnn } from '../src/passes/optimize-step.js';
import { gradientsOf } from '../src/program.js';
import { oneDnn, withoutOneDnn } from './onednn.js';
import { distinctInputs, domainOf, opCases } from './op-cases.js';

const RUNS = 25;

/** What oneDNN lacks, looking up single numbers too; its logarithm is off by 3·10⁻⁶. */
const MISSING: ReadonlySet<OpName> = new Set([
  'where',
  'sign',
  'floor',
  'round',
  'log',
  'sin',
  'cos',
  'atan',
  'erf',
  'softplus',
  'softmax',
  'convTranspose2d',
  'averagePool',
  'maxPool',
  'upsampleNearest',
  'resize',
  'max',
  'gather',
  'scatterAdd',
  'gridSample',
]);
/** Those whose gradient alone has an operation that it lacks. */
const WITHOUT_GRADIENT: ReadonlySet<OpName> = new Set(['abs']);

/** The named outputs of a program, by a plan of its own; the second run is to find no trace of the first. */
function run(outputs: NamedNodes, arrays: Arrays): Record<string, NdArray> {
  const plan = planStep(oneDnn!, listNodes(outputs));
  const inputs = Object.fromEntries(Object.entries(arrays).map(([name, { data }]) => [name, data.slice()]));
  const results = Object.fromEntries(Object.entries(outputs).map(([name, { shape }]) => [name, ndarray(shape)]));
  const into = Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data]));
  plan.run(inputs, into);
  const first = structuredClone(into);
  plan.run(inputs, into);
  expect(into).toEqual(first);
  for (const [name, { data }] of Object.entries(arrays)) expect(inputs[name]).toEqual(data);
  plan.dispose();
  return results;
}

function withGradients(program: Program, shapes: Shapes, isGradientToo = true): NamedNodes {
  const traced = traceProgram(program, shapes);
  const names = isGradientToo ? Object.keys(shapes) : [];
  const gradients = gradientsOf(traced, 'loss', names, ownGradientRules(traced.graph));
  return optimizeForOneDnn(traced.graph, {
    ...traced.outputs,
    ...Object.fromEntries(names.map((name, i) => [`gradient:${name}`, gradients[i]])),
  });
}

function expectClose(actual: NdArray, expected: Float64Array, tolerance: number, what: string): void {
  const largest = (values: Iterable<number>) => [...values].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = Math.max(1, largest(expected));
  const difference = largest(actual.data.map((value, i) => (value - expected[i]) / scale));
  expect(difference, `${what}: ${actual.data.slice(0, 200)}, not ${expected.slice(0, 200)}`).toBeLessThan(tolerance);
}

describe.skipIf(withoutOneDnn)('oneDNN', () => {
  describe.each((Object.keys(opCases) as OpName[]).filter((op) => !MISSING.has(op)))('%s', (op) => {
    test('gives what its definition says, and the gradient that central differences give', () => {
      fc.assert(
        fc.property(opCases[op], fc.nat(), (use, seed) => {
          const inputs = distinctInputs(use.shapes, domainOf(op), seed);
          const program: Program = (ops, nodes) => {
            const result = use.apply(ops, Object.values(nodes));
            const shape = ops.shapeOf(result);
            const weights = Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(2 * i + 1));
            return { result, loss: ops.sum(ops.mul(result, ops.constant(ndarray(shape, weights)))) };
          };
          const isGradientToo = !WITHOUT_GRADIENT.has(op);
          const outputs = run(withGradients(program, shapesOf(inputs), isGradientToo), inputs);
          expectClose(outputs.result, runReference(program, inputs).result.data, 2e-6, op);
          if (!isGradientToo) return;
          for (const name of Object.keys(inputs)) {
            expectClose(outputs[`gradient:${name}`], differenceQuotient(program, inputs, name), 2e-5, name);
          }
        }),
        { numRuns: RUNS },
      );
    });
  });

  /** A program that reaches most of what the planner does with memory: chains, copies, written-over values, joined operations. */
  const mixed: Program = (ops, { x, k, w, b }) => {
    const picture = ops.gelu(ops.conv2d(ops.depthToSpace(x, 2), k, { padding: 1 }));
    const rows = ops.reshape(picture, [4, 96]);
    const dense = ops.relu(ops.add(ops.matMul(rows, w), b));
    const turned = ops.transpose(dense, [1, 0]);
    const both = ops.concat([ops.matMul(turned, dense), ops.tanh(ops.mul(turned, 0.5))], 1);
    const padded = ops.pad(both, [
      [1, 0],
      [0, 2],
    ]);
    const part = ops.slice(padded, [1, 0], [5, 9]);
    const loss = ops.mean(ops.square(ops.sub(ops.mul(part, part), ops.sum(part, { axes: [1], keepDims: true }))));
    return { loss, picture, turned };
  };
  const MIXED = { x: [2, 8, 4, 3], k: [4, 2, 3, 3], w: [96, 5], b: [5] };

  test('gives the same numbers where every value is an output, and so has memory of its own', () => {
    const drawn = Object.values(distinctInputs(Object.values(MIXED), [-0.5, 0.5], 3));
    const inputs = Object.fromEntries(Object.keys(MIXED).map((name, i) => [name, drawn[i]]));
    const outputs = withGradients(mixed, MIXED);
    const each = Object.fromEntries(
      reachable(Object.values(outputs)).flatMap((node) =>
        node.kind === 'operation' ? [[`node:${node.id}`, node] as const] : [],
      ),
    );
    const [shared, apart] = [run(outputs, inputs), run({ ...outputs, ...each }, inputs)];
    expect(Object.keys(each).length).toBeGreaterThan(40);
    for (const [name, { data }] of Object.entries(shared)) {
      expectClose(apart[name], Float64Array.from(data), 1e-6, name);
    }
    const expected = runReference(mixed, inputs);
    expectClose(shared.loss, expected.loss.data, 2e-6, 'loss');
    for (const name of Object.keys(MIXED)) {
      expectClose(shared[`gradient:${name}`], differenceQuotient(mixed, inputs, name), 1e-4, name);
    }
  });

  test('goes on after as many operations as one call takes', () => {
    const { outputs } = traceProgram(
      (ops, nodes) => ({ y: Object.values(nodes).reduce((sum, node) => ops.add(ops.tanh(ops.add(sum, node)), sum)) }),
      Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`x${i}`, []])),
    );
    expect(() => planStep(oneDnn!, listNodes(outputs)).dispose()).not.toThrow();
    const sum = traceProgram(
      (ops, nodes) => ({ y: Object.values(nodes).reduce((all, node) => ops.add(all, node)) }),
      Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`x${i}`, [3]])),
    );
    const inputs = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`x${i}`, ndarray([3], Float32Array.of(1, i, -i))]),
    );
    expect([...run(sum.outputs, inputs).y.data]).toEqual([40, 780, -780]);
  });

  test.each([
    { transposeA: false, transposeB: true, a: [4096, 20], b: [33, 20] },
    { transposeA: false, transposeB: false, a: [4096, 20], b: [20, 3] },
    { transposeA: true, transposeB: false, a: [4096, 20], b: [4096, 5] },
  ])('multiplies long matrices: $a and $b', ({ a, b, ...options }) => {
    const program: Program = (ops, { x0, x1 }) => ({ y: ops.matMul(x0, x1, options) });
    const inputs = distinctInputs([a, b], [-1, 1], 2);
    const outputs = run(traceProgram(program, shapesOf(inputs)).outputs, inputs);
    expectClose(outputs.y, runReference(program, inputs).y.data, 2e-6, 'y');
  });

  test('adds up many values without losing them', () => {
    const x = ndarray([2 ** 20, 2], new Float32Array(2 ** 21).fill(0.1));
    const outputs = run(traceProgram((ops, { x }) => ({ y: ops.sum(x) }), { x: x.shape }).outputs, { x });
    // No sum is of more than 2 ** 11 values one after the other.
    expect(Math.abs(outputs.y.data[0] / (2 ** 21 * 0.1) - 1)).toBeLessThan(2 ** 11 * 2 ** -24);
  });

  test('refuses a place beside the table', () => {
    const { outputs } = traceProgram((ops, { x, at }) => ({ y: ops.gather(x, at, 0) }), { x: [3, 64], at: [1] });
    const table = ndarray([3, 64]);
    for (const place of [-1, 3, 0.5]) {
      expect(() => run(outputs, { x: table, at: ndarray([1], Float32Array.of(place)) })).toThrow('there is no place');
    }
  });

  test('looks up rows, and adds up what comes back to each', () => {
    const shapes = { table: [2, 5, 8, 9], indices: [3] };
    const program: Program = (ops, { table, indices }) => {
      const y = ops.gather(table, indices, 1);
      return { y, loss: ops.sum(ops.square(y)) };
    };
    const [table] = Object.values(distinctInputs([shapes.table], [-1, 1], 1));
    const inputs = { table, indices: ndarray([3], Float32Array.of(4, 0, 4)) };
    const traced = traceProgram(program, shapes);
    const [gradient] = gradientsOf(traced, 'loss', ['table']);
    const outputs = run({ ...traced.outputs, gradient }, inputs);
    const expected = runReference(program, inputs);
    expectClose(outputs.y, expected.y.data, 1e-6, 'y');
    expectClose(outputs.gradient, differenceQuotient(program, inputs, 'table'), 2e-5, 'gradient');
  });

  const step = fc.record({ operation: fc.nat(11), a: fc.nat(99), b: fc.nat(99) });

  test('computes what goes value by value in any order, on pictures that lie either way', () => {
    const shapes = { x: [2, 3, 4, 5], k: [3, 3, 3, 3], b: [3], s: [] };
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 14 }), fc.nat(), (steps, seed) => {
        const program: Program = (ops, { x, k, b, s }) => {
          const operations: ((a: typeof x, b: typeof x) => typeof x)[] = [
            (a) => ops.mul(a, 0.5),
            (a) => ops.sub(1, a),
            (a) => ops.add(a, 0.25),
            (a) => ops.tanh(a),
            (a) => ops.square(ops.tanh(a)),
            (a) => ops.sigmoid(a),
            (a) => ops.gelu(a),
            (a) => ops.neg(a),
            ops.add,
            ops.sub,
            (a, b) => ops.mul(ops.tanh(a), b),
            (a, b) => ops.div(a, ops.add(ops.square(b), 2)),
          ];
          // In what a convolution gives the channels of a pixel lie together, in an input they do not.
          const values = [x, ops.conv2d(x, k, { padding: 1 }), ops.reshape(b, [1, 3, 1, 1]), s];
          for (const { operation, a, b } of steps) {
            values.push(operations[operation](values[a % values.length], values[b % values.length]));
          }
          const [y, z] = values.slice(-2);
          return { y, z, loss: ops.mean(ops.square(ops.tanh(ops.add(ops.mul(y, 0.1), ops.tanh(z))))) };
        };
        const drawn = Object.values(distinctInputs(Object.values(shapes), [-1, 1], seed));
        const inputs = Object.fromEntries(Object.keys(shapes).map((name, i) => [name, drawn[i]]));
        const outputs = run(withGradients(program, shapes), inputs);
        const expected = runReference(program, inputs);
        for (const name of ['y', 'z', 'loss']) expectClose(outputs[name], expected[name].data, 5e-6, name);
        for (const name of Object.keys(shapes)) {
          expectClose(outputs[`gradient:${name}`], differenceQuotient(program, inputs, name), 1e-4, name);
        }
      }),
      { numRuns: 100 },
    );
  });

  test.each([...MISSING])('says that it does not have %s', (op) => {
    const graphs = fc.sample(opCases[op], { numRuns: 20, seed: 1 }).map((use) => {
      const program: Program = (ops, nodes) => ({ y: use.apply(ops, Object.values(nodes)) });
      return listNodes(traceProgram(program, shapesOf(distinctInputs(use.shapes, domainOf(op), 1))).outputs);
    });
    // Of one element, some are nothing to do.
    const graph = graphs.find(({ nodes }) => nodes.some((node) => node.kind === 'operation' && node.op === op));
    expect(() => planStep(oneDnn!, graph!)).toThrow(`it does not have '${op}'`);
  });
});
