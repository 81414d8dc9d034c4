import {
  type AdamOptions,
  type Arrays,
  type Engine,
  ndarray,
  type OptimizerOptions,
  type Program,
  type TrainerState,
} from '@xinc/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import plugin from '../src/index.js';
import { array, disagreement, randomArray } from './arrays.js';
import { tf } from './engine.js';

let engine: Engine;
beforeAll(async () => {
  engine = await plugin.create();
});
afterAll(() => engine.dispose());

const adam: AdamOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const optimizers: readonly OptimizerOptions[] = [
  { name: 'adam', ...adam },
  { name: 'soap', beta1: 0.95, beta2: 0.95, epsilon: 1e-8, refresh: 4, mostSide: 8 },
  { name: 'muon', momentum: 0.95, iterations: 5, leastSide: 2, adam, adamShare: 0.25 },
];

/** A regression on sine features of the batch; the features need the batch and the fixed frequencies alone. */
const regression: Program = (ops, { weight, bias, frequencies, x, target }) => {
  const features = ops.sin(ops.mul(ops.matMul(x, frequencies), 2));
  const y = ops.add(ops.matMul(features, weight), bias);
  return { y, loss: ops.mean(ops.square(ops.sub(y, target))) };
};
const spec = {
  program: regression,
  parameters: { weight: randomArray([5, 2], 1), bias: randomArray([2], 2) },
  fixed: { frequencies: randomArray([3, 5], 3) },
  batch: { x: [7, 3], target: [7, 2] },
  optimizer: adam,
};
const batches: Arrays[] = [4, 6].map((seed) => ({
  x: randomArray([7, 3], seed),
  target: randomArray([7, 2], seed + 1),
}));
const learningRate = (step: number) => 0.01 * (1 + (step % 3));

/** Losses of steps `from` to `to`, on the batches in turn. */
async function train(
  from: number,
  to: number,
  state?: TrainerState,
  optimizer: OptimizerOptions = adam,
): Promise<{ losses: number[]; state: TrainerState }> {
  const trainer = await engine.compileTraining({ ...spec, optimizer, ...(state && { state }) });
  const prepared = await Promise.all(batches.map((batch) => trainer.prepare(batch)));
  const losses: number[] = [];
  for (let step = from; step < to; step++) losses.push(await trainer.step(prepared[step % 2], learningRate(step)));
  const end = await trainer.state();
  await trainer.dispose();
  return { losses, state: end };
}

describe('training', () => {
  test('gives the loss before each update, and lowers it', async () => {
    const { losses } = await train(0, 60);
    const executable = await engine.compile(regression, {
      weight: [5, 2],
      bias: [2],
      frequencies: [3, 5],
      ...spec.batch,
    });
    const { loss } = await executable.run({ ...spec.parameters, ...spec.fixed, ...batches[0] });
    expect(losses[0]).toBe(loss.data[0]);
    expect(losses[58]).toBeLessThan(0.5 * losses[0]);
  });

  test("is Adam with bias correction, ε outside the root and each step's own learning rate", async () => {
    const gradient = await engine.compileGradient(
      regression,
      { weight: [5, 2], bias: [2], frequencies: [3, 5], ...spec.batch },
      { loss: 'loss', wrt: ['weight'] },
    );
    const trainer = await engine.compileTraining(spec);
    const prepared = await trainer.prepare(batches[0]);
    const theta = Float64Array.from(spec.parameters.weight.data);
    const [m, v] = [new Float64Array(theta.length), new Float64Array(theta.length)];
    for (let t = 1; t <= 10; t++) {
      const { parameters } = await trainer.state();
      const g = (await gradient.run({ ...parameters, ...spec.fixed, ...batches[0] }))['gradient:weight'].data;
      await trainer.step(prepared, learningRate(t));
      theta.forEach((_, i) => {
        m[i] = adam.beta1 * m[i] + (1 - adam.beta1) * g[i];
        v[i] = adam.beta2 * v[i] + (1 - adam.beta2) * g[i] ** 2;
        const [mHat, vHat] = [m[i] / (1 - adam.beta1 ** t), v[i] / (1 - adam.beta2 ** t)];
        theta[i] -= (learningRate(t) * mHat) / (Math.sqrt(vHat) + adam.epsilon);
      });
    }
    const { parameters, memory, step } = await trainer.state();
    const agreesWith = (expected: Float64Array) => ndarray([5, 2], Float32Array.from(expected));
    expect(disagreement(parameters.weight, agreesWith(theta), 1e-5, 1e-6)).toBeLessThan(1);
    expect(disagreement(memory.firstMoment.weight, agreesWith(m), 1e-5, 1e-7)).toBeLessThan(1);
    expect(disagreement(memory.secondMoment.weight, agreesWith(v), 1e-5, 1e-8)).toBeLessThan(1);
    expect(step).toBe(10);
    await trainer.dispose();
  });

  test('a parameter without gradient stays where it is', async () => {
    const trainer = await engine.compileTraining({
      ...spec,
      parameters: { ...spec.parameters, unused: array([2], [3, -4]) },
    });
    await trainer.step(await trainer.prepare(batches[0]), 0.1);
    expect((await trainer.state()).parameters.unused).toEqual(array([2], [3, -4]));
    await trainer.dispose();
  });

  test.each(optimizers)(
    'resumed from its state $name goes on to the last bit as if it had never stopped',
    async (by) => {
      const whole = await train(0, 9, undefined, by);
      const begun = await train(0, 4, undefined, by);
      const resumed = await train(4, 9, begun.state, by);
      expect([...begun.losses, ...resumed.losses]).toEqual(whole.losses);
      expect(resumed.state).toEqual(whole.state);
    },
  );

  test('a state is a copy that later steps leave alone', async () => {
    const trainer = await engine.compileTraining(spec);
    const prepared = await trainer.prepare(batches[0]);
    const start = await trainer.state();
    await trainer.step(prepared, 0.1);
    expect(start.parameters).toEqual(spec.parameters);
    expect(start.step).toBe(0);
    await trainer.dispose();
  });

  test('other work runs between steps', async () => {
    const trainer = await engine.compileTraining(spec);
    const prepared = await trainer.prepare(batches[0]);
    let turns = 0;
    const takeTurn = () => {
      turns++;
      other = setImmediate(takeTurn);
    };
    let other = setImmediate(takeTurn);
    for (let step = 0; step < 10; step++) await trainer.step(prepared, 0.01);
    clearImmediate(other);
    expect(turns).toBeGreaterThanOrEqual(10);
    await trainer.dispose();
  });
});

describe('prepare', () => {
  const kernelsOf = async (run: () => Promise<unknown>) => (await tf.profile(run as never)).kernelNames;

  test('computes once what does not depend on the parameters', async () => {
    const trainer = await engine.compileTraining(spec);
    const prepared = await trainer.prepare(batches[0]);
    expect(await kernelsOf(() => trainer.prepare(batches[0]).then(() => undefined))).toContain('Sin');
    const step = await kernelsOf(() => trainer.step(prepared, 0.01));
    expect(step).toContain('BatchMatMul');
    expect(step).not.toContain('Sin');
    await trainer.dispose();
  });

  test('keeps of a batch only what steps read', async () => {
    const trainer = await engine.compileTraining(spec);
    const before = tf.memory().numTensors;
    const prepared = await trainer.prepare(batches[0]);
    // The features and the target; not the coordinates, their products with the frequencies, or the number 2.
    expect(tf.memory().numTensors - before).toBe(2);
    prepared.dispose();
    expect(tf.memory().numTensors).toBe(before);
    await trainer.dispose();
  });

  test('does not see what the caller does to the batch or the parameters afterwards', async () => {
    const [x, target] = [randomArray([7, 3], 4), randomArray([7, 2], 5)];
    const weight = randomArray([5, 2], 1);
    const trainer = await engine.compileTraining({ ...spec, parameters: { ...spec.parameters, weight } });
    const prepared = await trainer.prepare({ x, target });
    for (const { data } of [x, target, weight]) data.fill(9);
    expect(await trainer.step(prepared, 0.01)).toBe((await train(0, 1)).losses[0]);
    await trainer.dispose();
  });

  test.each<[string, Program]>([
    ['is known without the parameters', (ops, { x }) => ({ loss: ops.mean(x) })],
    ['is a value of the batch', (_, { loss }) => ({ loss })],
  ])('a loss that %s moves nothing', async (_, program) => {
    const batch = { x: array([2], [1, 3]), loss: array([], [2]) };
    const trainer = await engine.compileTraining({ ...spec, program, batch: { x: [2], loss: [] }, fixed: {} });
    const prepared = await trainer.prepare(batch);
    expect([await trainer.step(prepared, 0.1), await trainer.step(prepared, 0.1)]).toEqual([2, 2]);
    expect((await trainer.state()).parameters).toEqual(spec.parameters);
    await trainer.dispose();
  });

  test('a loss may be a parameter itself', async () => {
    const program: Program = (_, { height }) => ({ loss: height });
    const parameters = { height: array([], [1]) };
    const trainer = await engine.compileTraining({ ...spec, program, parameters, fixed: {}, batch: {} });
    const prepared = await trainer.prepare({});
    expect([await trainer.step(prepared, 0.25), await trainer.step(prepared, 0.25)]).toEqual([1, 0.75]);
    await trainer.dispose();
  });

  test('finds out a program that is not pure', async () => {
    let runs = 0;
    const program: Program = (ops, { weight, x }) => {
      const again = runs++ > 1 ? ops.square(weight) : weight;
      return { loss: ops.add(ops.mean(again), ops.mean(x)) };
    };
    const trainer = await engine.compileTraining({ ...spec, program, batch: { x: [2] }, fixed: {} });
    const prepared = await trainer.prepare({ x: array([2], [1, 3]) });
    await expect(trainer.step(prepared, 0.1)).rejects.toThrow('The program does not make the same calls on every run');
    await trainer.dispose();
  });
});

describe('lifetime', () => {
  test.each(optimizers)(
    'steps of $name keep no tensors, and disposing of the trainer frees them all',
    async (optimizer) => {
      const before = tf.memory();
      const trainer = await engine.compileTraining({ ...spec, optimizer });
      const prepared = await trainer.prepare(batches[0]);
      await trainer.prepare(batches[1]);
      const held = tf.memory();
      for (let step = 0; step < 5; step++) await trainer.step(prepared, 0.01);
      expect(tf.memory().numTensors).toBe(held.numTensors);
      expect(tf.memory().numBytes).toBe(held.numBytes);
      await trainer.dispose();
      await trainer.dispose();
      expect(tf.memory().numTensors).toBe(before.numTensors);
      expect(tf.memory().numBytes).toBe(before.numBytes);
    },
  );

  test('what is disposed of, or belongs to another trainer, is refused', async () => {
    const [trainer, other] = [await engine.compileTraining(spec), await engine.compileTraining(spec)];
    const [prepared, foreign] = [await trainer.prepare(batches[0]), await other.prepare(batches[0])];
    const refusal = 'This batch has been disposed of, or was prepared by another trainer';
    await expect(trainer.step(foreign, 0.1)).rejects.toThrow(refusal);
    prepared.dispose();
    await expect(trainer.step(prepared, 0.1)).rejects.toThrow(refusal);
    await trainer.dispose();
    await expect(trainer.state()).rejects.toThrow('This trainer of the tfjs engine has been disposed of');
    await other.dispose();
  });
});

describe('mistakes', () => {
  test('a batch of another shape is refused', async () => {
    const trainer = await engine.compileTraining(spec);
    await expect(trainer.prepare({ ...batches[0], x: randomArray([6, 3], 1) })).rejects.toThrow(
      "The batch's 'x' is 6×3, not 7×3",
    );
    await trainer.dispose();
  });

  test('a program without a scalar loss is refused', async () => {
    const program: Program = (_, { bias }) => ({ loss: bias });
    await expect(engine.compileTraining({ ...spec, program })).rejects.toThrow(
      'The loss to differentiate has shape 2, not scalar',
    );
  });

  test('a state of other parameters is refused', async () => {
    const { state } = await train(0, 1);
    const { bias: _, ...rest } = state.memory.secondMoment;
    await expect(train(1, 2, { ...state, memory: { ...state.memory, secondMoment: rest } })).rejects.toThrow(
      "In the training state, the secondMoment of 'bias' is missing; the model has 2",
    );
    await expect(train(1, 2, { ...state, step: 1.5 })).rejects.toThrow(
      "The training state's step is 1.5, not a count of steps",
    );
  });
});
