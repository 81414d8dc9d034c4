import { type Arrays, type NdArray, ndarray, type Program, type Shapes, shapesOf, sizeOf } from '@xinc/core';
import { type NamedNodes, type OpName, traceProgram } from '@xinc/core/graph';
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
  const scale = Math.max(1, ...expected.map(Math.abs));
  const difference = Math.max(0, ...actual.data.map((value, i) => Math.abs(value - expected[i]) / scale));
  expect(difference, `${what}: ${actual.data}, not ${expected}`).toBeLessThan(tolerance);
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
