import { type Engine, type NdArray, shapesOf } from '@xinc/core';
import { inferShape } from '@xinc/core/graph';
import ort from '@xinc/engine-ort';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import tfjs from '../src/index.js';
import { disagreement } from './arrays.js';
import { ALL_OP_CASES, inputsOf, type OpCase, programOf } from './op-cases.js';

// The two engines share no kernels and no gradient rules: where they agree, both are right.
const RELATIVE = 1e-4;
const ABSOLUTE = 1e-5;

let engines: { tfjs: Engine; ort: Engine };
beforeAll(async () => {
  engines = { tfjs: await tfjs.create(), ort: await ort.create({ threads: 1 }) };
});
afterAll(() => Promise.all([engines.tfjs.dispose(), engines.ort.dispose()]));

async function outputsOn(engine: Engine, use: OpCase): Promise<Record<string, NdArray>> {
  const inputs = inputsOf(use);
  const executable = await engine.compile(programOf(use), shapesOf(inputs));
  const outputs = await executable.run(inputs);
  await executable.dispose();
  return outputs;
}

async function gradientsOn(engine: Engine, use: OpCase): Promise<Record<string, NdArray>> {
  const inputs = inputsOf(use);
  const options = { loss: 'loss', wrt: Object.keys(inputs) };
  const executable = await engine.compileGradient(programOf(use), shapesOf(inputs), options);
  const outputs = await executable.run(inputs);
  await executable.dispose();
  return outputs;
}

function expectAgreement(ours: Record<string, NdArray>, theirs: Record<string, NdArray>): void {
  expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
  for (const [name, array] of Object.entries(ours)) {
    expect(disagreement(array, theirs[name], RELATIVE, ABSOLUTE), name).toBeLessThan(1);
  }
}

test('every operation of the language is tried', () => {
  const tried = new Set(ALL_OP_CASES.map(([op]) => op));
  expect([...tried].sort()).toEqual(Object.keys(inferShape).sort());
});

describe(`the engines agree on every operation to ${RELATIVE} relative or ${ABSOLUTE} absolute`, () => {
  test.each(ALL_OP_CASES)('%s: %s', async (_op, _title, use) => {
    expectAgreement(await outputsOn(engines.tfjs, use), await outputsOn(engines.ort, use));
  });
});

describe('the engines agree on the gradient of every operation, corners included', () => {
  test.each(ALL_OP_CASES)('%s: %s', async (_op, _title, use) => {
    expectAgreement(await gradientsOn(engines.tfjs, use), await gradientsOn(engines.ort, use));
  });
});
