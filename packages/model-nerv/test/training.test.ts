import { type Engine, ndarray, type Ops } from '@xinc/core';
import ort from '@xinc/engine-ort';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawParameters, network } from './network.js';

let engine: Engine;
beforeAll(async () => {
  engine = await ort.create({ threads: 1 });
});
afterAll(() => engine.dispose());

test('a small network learns two frames', async () => {
  const inr = network(
    { strides: '2,2', width: 8, epochs: 150, learningRate: 0.01 },
    {
      kind: 'video',
      frames: 2,
      height: 8,
      width: 16,
    },
  );
  const picture = ndarray(
    [2, 3, 8, 16],
    Float32Array.from({ length: 2 * 3 * 8 * 16 }, (_, n) => 0.5 + 0.4 * Math.sin(n / 9)),
  );
  const { optimizer, learningRate, schedule, steps } = inr.training;
  const inputs = inr.inputs([0, 1]);
  const program = <T>(ops: Ops<T>, values: Readonly<Record<string, T>>) => {
    const error = ops.sub(inr.forward(ops, values, values).output, values.picture);
    return { loss: ops.mean(ops.square(error)) };
  };
  const trainer = await engine.compileTraining({
    program,
    parameters: drawParameters(inr),
    fixed: {},
    batch: { encoding: inputs.encoding.shape, picture: picture.shape },
    optimizer,
  });
  const batch = await trainer.prepare({ ...inputs, picture });
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    losses.push(await trainer.step(batch, learningRate * schedule(step / steps)));
  }
  batch.dispose();
  await trainer.dispose();
  expect(steps).toBe(150);
  expect(losses[0]).toBeGreaterThan(0.05);
  expect(losses[losses.length - 1]).toBeLessThan(losses[0] / 20);
});
