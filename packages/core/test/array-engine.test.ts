import { type Arrays, type NdArray, type Program, shapesOf } from '@xinc/core';
import { type OpName, readProgram, storeProgram } from '@xinc/core/graph';
import { runReference } from '@xinc/core/testing';
import { createArrayEngine } from '@xinc/core/trace';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distinctInputs, domainOf, opCases } from '../../engine-ort/test/op-cases.js';

const RUNS = 12;
const engine = await createArrayEngine();

function expectClose(actual: NdArray, expected: Float64Array): void {
  expect(actual.data).toHaveLength(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual.data[i] - expected[i]) / scale).toBeLessThan(2e-6);
  }
}

async function evaluate(program: Program, inputs: Arrays): Promise<Record<string, NdArray>> {
  return (await engine.compile(program, shapesOf(inputs))).run(inputs);
}

describe.each(Object.keys(opCases) as OpName[])('%s', (op) => {
  test('on plain arrays gives what its definition says, stored and read again too', async () => {
    await fc.assert(
      fc.asyncProperty(opCases[op], fc.nat(), async (use, seed) => {
        const inputs = distinctInputs(use.shapes, domainOf(op), seed);
        const program: Program = (ops, values) => ({ result: use.apply(ops, Object.values(values)) });
        const expected = runReference(program, inputs).result;
        const { result } = await evaluate(program, inputs);
        expect(result.shape).toEqual(expected.shape);
        expectClose(result, expected.data);

        const stored = storeProgram(program, shapesOf(inputs), ['result']);
        const read = readProgram(JSON.parse(JSON.stringify(stored.program)), stored.constants);
        expect((await evaluate(read, inputs)).result).toEqual(result);
      }),
      { numRuns: RUNS },
    );
  });
});

test('a slope of −0 gives the same bits stored and read again', async () => {
  const inputs: Arrays = { x: { shape: [2], data: Float32Array.of(-1, 0) } };
  const program: Program = (ops, { x }) => ({ result: ops.leakyRelu(x, -0) });
  const { result } = await evaluate(program, inputs);
  const stored = storeProgram(program, shapesOf(inputs), ['result']);
  const read = readProgram(JSON.parse(JSON.stringify(stored.program)), stored.constants);
  expect((await evaluate(read, inputs)).result).toEqual(result);
});
