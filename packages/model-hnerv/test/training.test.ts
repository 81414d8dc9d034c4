import { type Engine, ndarray, type Ops } from '@xinc/core';
import ort from '@xinc/engine-ort';
import tfjs from '@xinc/engine-tfjs';
import { expect, test } from 'vitest';
import { drawParameters, network } from './network.js';

const picture = ndarray(
  [2, 3, 8, 16],
  Float32Array.from({ length: 2 * 3 * 8 * 16 }, (_, n) => 0.5 + 0.4 * Math.sin(n / 9)),
);

async function train(engine: Engine, steps: number): Promise<{ losses: number[]; embeddings: Float32Array }> {
  const inr = network(
    { strides: [2, 2], width: 8, minimumWidth: 6, embeddingChannels: 4, epochs: 150, learningRate: 0.01 },
    { kind: 'video', frames: 3, height: 8, width: 16 },
  );
  const inputs = inr.inputs([0, 2]);
  const program = <T>(ops: Ops<T>, values: Readonly<Record<string, T>>) => {
    const error = ops.sub(inr.forward(ops, values, values).output, values.picture);
    return { loss: ops.mean(ops.square(error)) };
  };
  const trainer = await engine.compileTraining({
    program,
    parameters: drawParameters(inr),
    fixed: {},
    batch: { embeddingIndex: inputs.embeddingIndex.shape, picture: picture.shape },
    optimizer: inr.training.optimizer,
  });
  const batch = await trainer.prepare({ ...inputs, picture });
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    losses.push(await trainer.step(batch, inr.training.learningRate * inr.training.schedule(step / steps)));
  }
  const { parameters } = await trainer.state();
  batch.dispose();
  await trainer.dispose();
  return { losses, embeddings: parameters.embeddings.data as Float32Array };
}

test('a small network learns frames, and their embeddings with them', async () => {
  const engine = await ort.create({ threads: 1 });
  const { losses, embeddings } = await train(engine, 150);
  await engine.dispose();
  expect(losses[0]).toBeGreaterThan(0.05);
  expect(losses[149]).toBeLessThan(losses[0] / 20);
  const drawn = drawParameters(
    network(
      { strides: [2, 2], width: 8, minimumWidth: 6, embeddingChannels: 4 },
      { kind: 'video', frames: 3, height: 8, width: 16 },
    ),
  ).embeddings.data;
  const each = drawn.length / 3;
  const moved = [0, 1, 2].map((frame) =>
    embeddings.slice(frame * each, (frame + 1) * each).some((value, i) => value !== drawn[frame * each + i]),
  );
  // Frame 1 was in no batch.
  expect(moved).toEqual([true, false, true]);
});

test('both engines take the same steps', async () => {
  const engines = [await ort.create({ threads: 1 }), await tfjs.create({ threads: 1 })];
  const [one, other] = [await train(engines[0], 5), await train(engines[1], 5)];
  for (const engine of engines) await engine.dispose();
  one.losses.forEach((loss, step) => {
    expect(other.losses[step]).toBeCloseTo(loss, 5);
  });
});
