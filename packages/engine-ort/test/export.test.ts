import { ndarray, type Program } from '@xinc/core';
import { shapesOf } from '@xinc/core/trace';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
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
