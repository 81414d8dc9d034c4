import {
  type AdamOptions,
  type Arrays,
  type NdArray,
  ndarray,
  type OptimizerOptions,
  type Program,
  type Trainer,
  type TrainingProgram,
} from '@xinc/core';
import { loadOrthonormalBasis } from '@xinc/core/graph';
import { describe, expect, test } from 'vitest';
import type { EngineHolder } from './engine.js';
import { distinctInputs } from './op-cases.js';

const PUBLISHED: AdamOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const OPTIMIZERS: readonly OptimizerOptions[] = [
  { name: 'adam', ...PUBLISHED },
  { name: 'soap', beta1: 0.95, beta2: 0.95, epsilon: 1e-8, refresh: 4, mostSide: 8 },
  { name: 'muon', momentum: 0.95, iterations: 5, leastSide: 4, adam: PUBLISHED, adamShare: 0.25 },
];

/** x·w + b fitted to y: gradients that can be written down. */
const regression: Program = (ops, { x, y, w, b }) => ({
  loss: ops.mean(ops.square(ops.sub(ops.add(ops.matMul(x, w), b), y))),
});

/** A small network on Fourier features of coordinates, which no parameter takes part in. */
const network: Program = (ops, { coordinates, target, frequencies, w1, b1, w2, b2 }) => {
  const angles = ops.matMul(coordinates, frequencies);
  return perceptron(ops, { features: ops.concat([ops.sin(angles), ops.cos(angles)], 1), target, w1, b1, w2, b2 });
};

/** The same from ready-made features. */
const perceptron: Program = (ops, { features, target, w1, b1, w2, b2 }) => {
  const hidden = ops.relu(ops.add(ops.matMul(features, w1, { transposeB: true }), b1));
  const output = ops.add(ops.matMul(hidden, w2, { transposeB: true }), b2);
  return { loss: ops.mean(ops.square(ops.sub(output, target))) };
};

const PIXELS = 60;
const WEIGHTS = draw({ w1: [8, 12], b1: [8], w2: [3, 8], b2: [3] }, 1);
const FREQUENCIES = draw({ frequencies: [2, 6] }, 2);
const BATCH = draw({ coordinates: [PIXELS, 2], target: [PIXELS, 3] }, 3);

const networkSpec: TrainingProgram = {
  program: network,
  parameters: WEIGHTS,
  fixed: FREQUENCIES,
  batch: { coordinates: [PIXELS, 2], target: [PIXELS, 3] },
  optimizer: PUBLISHED,
};

function draw(shapes: Record<string, readonly number[]>, seed: number): Arrays {
  const drawn = Object.values(distinctInputs(Object.values(shapes), [-1, 1], seed));
  return Object.fromEntries(Object.keys(shapes).map((name, i) => [name, drawn[i]]));
}

async function take(trainer: Trainer, batch: Arrays, steps: number, first = 0): Promise<number[]> {
  const prepared = await trainer.prepare(batch);
  const losses: number[] = [];
  // A schedule, so that a resumed run has to put the learning rate at the right step.
  for (let i = 0; i < steps; i++) losses.push(await trainer.step(prepared, 1e-2 / (1 + (first + i) / 10)));
  prepared.dispose();
  return losses;
}

/** What training is to do whichever library computes its steps. */
export function describeTraining(run: EngineHolder): void {
  describe('Adam', () => {
    test('moves parameters as the published formula does, over 20 steps', async () => {
      const [n, k] = [7, 3];
      const { x, y } = draw({ x: [n, k], y: [n, 1] }, 4);
      const start = draw({ w: [k, 1], b: [1] }, 5);
      const options = { beta1: 0.8, beta2: 0.95, epsilon: 1e-3 };
      const trainer = await run.engine.compileTraining({
        program: regression,
        parameters: start,
        fixed: {},
        batch: { x: [n, k], y: [n, 1] },
        optimizer: options,
      });
      const batch = await trainer.prepare({ x, y });

      const theta = [...start.w.data, ...start.b.data];
      const [m, v] = [theta.map(() => 0), theta.map(() => 0)];
      for (let t = 1; t <= 20; t++) {
        const learningRate = 0.1 / t;
        const residuals = Array.from(y.data, (target, i) => {
          const row = Array.from(x.data.subarray(i * k, (i + 1) * k));
          return row.reduce((sum, value, j) => sum + value * theta[j], theta[k]) - target;
        });
        const gradients = theta.map(
          (_, j) => (2 / n) * residuals.reduce((sum, r, i) => sum + r * (j < k ? x.data[i * k + j] : 1), 0),
        );
        const loss = residuals.reduce((sum, r) => sum + r * r, 0) / n;
        expect(await trainer.step(batch, learningRate)).toBeCloseTo(loss, 5);
        gradients.forEach((g, j) => {
          m[j] = options.beta1 * m[j] + (1 - options.beta1) * g;
          v[j] = options.beta2 * v[j] + (1 - options.beta2) * g * g;
          const mHat = m[j] / (1 - options.beta1 ** t);
          const vHat = v[j] / (1 - options.beta2 ** t);
          theta[j] -= (learningRate * mHat) / (Math.sqrt(vHat) + options.epsilon);
        });
      }

      const state = await trainer.state();
      const expectClose = ({ w, b }: Arrays, expected: number[]) => {
        [...w.data, ...b.data].forEach((value, j) => {
          expect(value).toBeCloseTo(expected[j], 5);
        });
      };
      expectClose(state.parameters, theta);
      expectClose(state.memory.firstMoment, m);
      expectClose(state.memory.secondMoment, v);
      expect(state.step).toBe(20);
      await trainer.dispose();
    });

    test('leaves a parameter that the loss does not depend on where it is', async () => {
      const trainer = await run.engine.compileTraining({
        ...networkSpec,
        parameters: { ...WEIGHTS, unused: ndarray([2], Float32Array.of(1, 2)) },
      });
      await take(trainer, BATCH, 2);
      expect(Array.from((await trainer.state()).parameters.unused.data)).toEqual([1, 2]);
      await trainer.dispose();
    });
  });

  describe('a trainer', () => {
    test.each(OPTIMIZERS)(
      'of $name resumed from its state goes on bit by bit as if never stopped',
      async (optimizer) => {
        const spec = { ...networkSpec, optimizer };
        const whole = await run.engine.compileTraining(spec);
        const losses = await take(whole, BATCH, 12);

        const first = await run.engine.compileTraining(spec);
        const before = await take(first, BATCH, 5);
        const state = await first.state();
        await first.dispose();
        const second = await run.engine.compileTraining({ ...spec, state });
        const after = await take(second, BATCH, 7, 5);

        expect([...before, ...after]).toEqual(losses);
        expect(await second.state()).toEqual(await whole.state());
        await whole.dispose();
        await second.dispose();
      },
    );

    test.each(OPTIMIZERS)(
      'of $name gives the same bits each time it is run, and lowers the loss',
      async (optimizer) => {
        const runs = [];
        for (let i = 0; i < 2; i++) {
          const trainer = await run.engine.compileTraining({ ...networkSpec, optimizer });
          runs.push([await take(trainer, BATCH, 10), await trainer.state()] as const);
          await trainer.dispose();
        }
        expect(runs[0]).toEqual(runs[1]);
        const [losses] = runs[0];
        expect(losses[9]).toBeLessThan(losses[0]);
      },
    );

    test('computes the same losses whether features are made once per batch or given', async () => {
      const features = await run.engine.compile(
        (ops, { coordinates, frequencies }) => {
          const angles = ops.matMul(coordinates, frequencies);
          return { features: ops.concat([ops.sin(angles), ops.cos(angles)], 1) };
        },
        { coordinates: [PIXELS, 2], frequencies: [2, 6] },
      );
      const made = await features.run({ ...BATCH, ...FREQUENCIES });
      await features.dispose();
      const hoisted = await run.engine.compileTraining(networkSpec);
      const given = await run.engine.compileTraining({
        ...networkSpec,
        program: perceptron,
        fixed: {},
        batch: { features: [PIXELS, 12], target: [PIXELS, 3] },
      });
      const batch = { features: made.features, target: BATCH.target };
      expect(await take(hoisted, BATCH, 10)).toEqual(await take(given, batch, 10));
      await hoisted.dispose();
      await given.dispose();
    });

    test('keeps batches apart, and uses their memory again after they are disposed of', async () => {
      const other = { ...BATCH, ...draw({ coordinates: [PIXELS, 2] }, 9) };
      const trainer = await run.engine.compileTraining(networkSpec);
      const [one, two] = [await trainer.prepare(BATCH), await trainer.prepare(other)];
      const losses = [await trainer.step(one, 0), await trainer.step(two, 0), await trainer.step(one, 0)];
      expect(losses[2]).toBe(losses[0]);
      expect(losses[1]).not.toBe(losses[0]);
      one.dispose();
      const three = await trainer.prepare(other);
      expect(await trainer.step(three, 0)).toBe(losses[1]);
      expect(await trainer.step(two, 0)).toBe(losses[1]);
      await trainer.dispose();
    });

    test('takes steps that are asked for at once one after the other', async () => {
      const trainer = await run.engine.compileTraining(networkSpec);
      const batch = await trainer.prepare(BATCH);
      const together = await Promise.all([
        trainer.step(batch, 1e-2),
        trainer.step(batch, 1e-2),
        trainer.step(batch, 1e-2),
      ]);
      const again = await run.engine.compileTraining(networkSpec);
      const batch2 = await again.prepare(BATCH);
      const apart = [await again.step(batch2, 1e-2), await again.step(batch2, 1e-2), await again.step(batch2, 1e-2)];
      expect(together).toEqual(apart);
      await trainer.dispose();
      await again.dispose();
    });

    test('by SOAP has the bases that the kernels make of the means, from several threads too', async () => {
      // As much work as several threads share, and shapes that they may confuse.
      const [n, rows, columns] = [40, 310, 230];
      const trainer = await run.engine.compileTraining({
        program: (ops, { x, y, w }) => ({ loss: ops.mean(ops.square(ops.sub(ops.matMul(x, w), y))) }),
        parameters: draw({ w: [rows, columns] }, 6),
        fixed: {},
        batch: { x: [n, rows], y: [n, columns] },
        optimizer: { name: 'soap', beta1: 0.95, beta2: 0.95, epsilon: 1e-8, refresh: 10, mostSide: 400 },
      });
      const batch = await trainer.prepare(draw({ x: [n, rows], y: [n, columns] }, 7));
      await trainer.step(batch, 0.01);
      const { memory } = await trainer.state();
      const orthonormalBasis = await loadOrthonormalBasis();
      // Before the first step they are the identity.
      expect(memory.rowBasis.w).toEqual(orthonormalBasis(memory.rowMean.w));
      expect(memory.columnBasis.w).toEqual(orthonormalBasis(memory.columnMean.w));
      batch.dispose();
      await trainer.dispose();
    });

    test.each(OPTIMIZERS)('of $name returns no finite loss for parameters that are not', async (optimizer) => {
      const trainer = await run.engine.compileTraining({ ...networkSpec, optimizer });
      const batch = await trainer.prepare(BATCH);
      expect(await trainer.step(batch, Number.POSITIVE_INFINITY)).toBeLessThan(10);
      expect(await trainer.step(batch, 0)).toBeNaN();
      await trainer.dispose();
    });

    test.each(OPTIMIZERS)('of $name returns a loss that is not finite for the caller to judge', async (optimizer) => {
      const trainer = await run.engine.compileTraining({ ...networkSpec, optimizer });
      const broken = { ...BATCH, target: ndarray([PIXELS, 3], new Float32Array(PIXELS * 3).fill(Number.NaN)) };
      expect(await take(trainer, broken, 2)).toEqual([Number.NaN, Number.NaN]);
      await trainer.dispose();
    });

    test('does not touch the arrays it is given', async () => {
      const copy = (arrays: Arrays) => structuredClone(arrays) as Record<string, NdArray>;
      const [weights, batch] = [copy(WEIGHTS), copy(BATCH)];
      const trainer = await run.engine.compileTraining(networkSpec);
      await take(trainer, BATCH, 2);
      await trainer.dispose();
      expect([WEIGHTS, BATCH]).toEqual([weights, batch]);
    });
  });

  describe('a trainer refuses', () => {
    test('a batch of another shape', async () => {
      const trainer = await run.engine.compileTraining(networkSpec);
      await expect(trainer.prepare({ ...BATCH, target: ndarray([2, 3]) })).rejects.toThrow(
        "The input 'target' is 2×3, not 60×3",
      );
      await trainer.dispose();
    });

    test('a batch that was disposed of', async () => {
      const trainer = await run.engine.compileTraining(networkSpec);
      const batch = await trainer.prepare(BATCH);
      batch.dispose();
      await expect(trainer.step(batch, 1e-3)).rejects.toThrow(
        'This batch was disposed of, or prepared by another trainer',
      );
      await trainer.dispose();
    });

    test('a state of another model', async () => {
      const trainer = await run.engine.compileTraining(networkSpec);
      const state = await trainer.state();
      await trainer.dispose();
      const { w2: _, ...missing } = state.memory.firstMoment;
      await expect(
        run.engine.compileTraining({
          ...networkSpec,
          state: { ...state, memory: { ...state.memory, firstMoment: missing } },
        }),
      ).rejects.toThrow(
        "In the training state, the firstMoment of 'w2' is missing; the model has 3×8. Go on with the model and settings",
      );
      const wrong = { ...state.parameters, w1: ndarray([1, 2]) };
      await expect(
        run.engine.compileTraining({ ...networkSpec, state: { ...state, parameters: wrong } }),
      ).rejects.toThrow("In the training state, 'w1' is 1×2; the model has 8×12.");
    });

    test('a program whose loss is missing or not a scalar', async () => {
      const program: Program = (ops, inputs) => ({ loss: ops.relu(inputs.w2) });
      await expect(run.engine.compileTraining({ ...networkSpec, program })).rejects.toThrow(
        'The loss to differentiate has shape 3×8, not scalar. Reduce it with mean or sum.',
      );
      const lossless: Program = (ops, inputs) => ({ error: ops.sum(inputs.w2) });
      await expect(run.engine.compileTraining({ ...networkSpec, program: lossless })).rejects.toThrow(
        "The program has no output 'loss'. It gives: error.",
      );
    });
  });
}
