import { type Arrays, type NdArray, ndarray, type Program, shapesOf } from '@xinc/core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import ort from '../dist/index.js';

const program: Program = (ops, { x, weight, bias, mask }) => {
  const hidden = ops.relu(ops.add(ops.matMul(ops.mul(x, mask), weight, { transposeB: true }), bias));
  return { hidden, output: ops.sin(hidden) };
};
const constants = {
  weight: ndarray([2, 3], Float32Array.of(1, -2, 3, 4, 5, -6)),
  bias: ndarray([2], Float32Array.of(0.5, -0.5)),
};
const inputs = {
  x: ndarray(
    [4, 3],
    Float32Array.from({ length: 12 }, (_, i) => i / 6 - 1),
  ),
  mask: ndarray([3], Float32Array.of(1, 0, 1)),
};

test('an exported program gives what the engine gives, under its own names, with its weights inside', async () => {
  const bytes = await ort.exportOnnx!({
    program,
    inputs: shapesOf(inputs),
    constants,
    outputs: ['output', 'hidden'],
    metadata: { model: 'test' },
  });
  const session = await InferenceSession.create(bytes);
  expect(session.inputNames).toEqual(['x', 'mask']);
  expect([...session.outputNames].sort()).toEqual(['hidden', 'output']);
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, data }]) => [name, new Tensor('float32', data, shape)]),
  );
  const exported = await session.run(feeds);
  await session.release();
  const engine = await ort.create({ threads: 1 });
  const executable = await engine.compile(program, shapesOf({ ...inputs, ...constants }));
  const direct = await executable.run({ ...inputs, ...constants });
  await engine.dispose();
  for (const name of ['hidden', 'output'])
    expect([...(exported[name].data as Float32Array)]).toEqual([...direct[name].data]);
  const text = Buffer.from(bytes).toString('latin1');
  for (const word of ['weight', 'bias', 'xinc', 'model', 'test']) expect(text).toContain(word);
});

test('an output that the program does not give is refused by name', async () => {
  const model = { program, inputs: shapesOf(inputs), constants, outputs: ['ghost'], metadata: {} };
  await expect(ort.exportOnnx!(model)).rejects.toThrow("The program has no output 'ghost'. It gives: hidden, output.");
});

describe('a program in two halves', () => {
  /** Two layers; the second adds the first one's input again, and scales what only constants give. */
  const twoLayers: Program = (ops, { x, weight1, bias1, weight2, bias2 }) => {
    const hidden = ops.relu(ops.add(ops.matMul(x, weight1), bias1));
    const output = ops.add(ops.add(ops.matMul(hidden, weight2), bias2), ops.mul(ops.sin(x), ops.exp(bias1)));
    return { output };
  };
  const noise = (length: number, seed: number) => Float32Array.from({ length }, (_, i) => Math.sin(seed * 100 + i * 7));
  const values: Arrays = {
    x: ndarray([5, 3], noise(15, 1)),
    weight1: ndarray([3, 3], noise(9, 2)),
    bias1: ndarray([3], noise(3, 3)),
    weight2: ndarray([3, 3], noise(9, 4)),
    bias2: ndarray([3], noise(3, 5)),
  };
  const model = { program: twoLayers, inputs: shapesOf(values), constants: {}, outputs: ['output'], metadata: {} };

  async function run(bytes: Uint8Array, given: Arrays): Promise<Record<string, NdArray>> {
    const session = await InferenceSession.create(bytes);
    const feeds = session.inputNames.map((name) => [
      name,
      new Tensor('float32', given[name].data, given[name].shape as number[]),
    ]);
    const results = await session.run(Object.fromEntries(feeds));
    await session.release();
    const arrays = Object.entries(results).map(([name, { dims, data }]) => [name, ndarray(dims, data as Float32Array)]);
    return Object.fromEntries(arrays);
  }
  const inputsOf = async (bytes: Uint8Array) => (await InferenceSession.create(bytes)).inputNames;

  test.each([
    ['weight2', ['x', 'weight1', 'bias1'], ['weight2', 'bias2']],
    ['bias2', ['x', 'weight1', 'bias1', 'weight2'], ['bias2']],
  ])('computes what the whole does where %s changes, and nothing twice', async (changing, early, late) => {
    const { before, after } = (await ort.exportOnnxHalves!(model, [changing]))!;
    const passed = await run(before, values);
    const names = Object.keys(passed);
    expect([...(await inputsOf(before))].sort()).toEqual([...early].sort());
    expect([...(await inputsOf(after))].sort()).toEqual([...late, ...names].sort());
    const changed = { ...values, [changing]: ndarray(values[changing].shape, noise(values[changing].data.length, 9)) };
    const whole = await run(await ort.exportOnnx!(model), changed);
    const halves = await run(after, { ...changed, ...passed });
    for (const [i, value] of halves.output.data.entries()) expect(value).toBeCloseTo(whole.output.data[i], 6);
  });

  test('is cut alike where the same is reached', async () => {
    const halves = (...changing: string[]) => ort.exportOnnxHalves!(model, changing);
    expect(await halves('weight2', 'bias2')).toEqual(await halves('weight2'));
  });

  test('is not cut where everything depends on what changes, or nothing does', async () => {
    expect(await ort.exportOnnxHalves!(model, ['x', 'bias1'])).toBeNull();
    expect(await ort.exportOnnxHalves!(model, ['nobody'])).toBeNull();
  });
});
