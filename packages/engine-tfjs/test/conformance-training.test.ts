import {
  type AdamOptions,
  type Arrays,
  type Engine,
  type OptimizerOptions,
  shapesOf,
  type TrainerState,
} from '@xinc/core';
import ort from '@xinc/engine-ort';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import tfjs from '../src/index.js';
import { disagreement } from './arrays.js';
import { fourierNetwork, type Network, videoNetwork } from './programs.js';

const STEPS = 20;
const ADAM: AdamOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const OTHERS: readonly OptimizerOptions[] = [
  { name: 'soap', beta1: 0.95, beta2: 0.95, epsilon: 1e-8, refresh: 5, mostSide: 20 },
  { name: 'muon', momentum: 0.95, iterations: 5, leastSide: 4, adam: ADAM, adamShare: 0.25 },
];

interface Training {
  readonly losses: readonly number[];
  readonly state: TrainerState;
}

/** Steps `from` to `to` of a training of `STEPS`, the learning rate falling from step to step. */
async function train(
  engine: Engine,
  network: Network,
  from = 0,
  to = STEPS,
  state?: TrainerState,
  optimizer: OptimizerOptions = ADAM,
): Promise<Training> {
  const trainer = await engine.compileTraining({
    program: network.program,
    parameters: network.parameters,
    fixed: network.fixed,
    batch: shapesOf(network.batch),
    optimizer,
    ...(state && { state }),
  });
  const batch = await trainer.prepare(network.batch);
  const losses: number[] = [];
  for (let step = from; step < to; step++) {
    losses.push(await trainer.step(batch, network.learningRate * (1 - step / (2 * STEPS))));
  }
  const end = await trainer.state();
  batch.dispose();
  await trainer.dispose();
  return { losses, state: end };
}

let engines: { tfjs: Engine; ort: Engine };
beforeAll(async () => {
  engines = { tfjs: await tfjs.create(), ort: await ort.create({ threads: 1 }) };
});
afterAll(() => Promise.all([engines.tfjs.dispose(), engines.ort.dispose()]));

const relativeDifferences = (a: readonly number[], b: readonly number[]) => a.map((x, i) => Math.abs(x / b[i] - 1));

describe.each([
  ['a Fourier-feature network', fourierNetwork],
  ['a NeRV-like network', videoNetwork],
])('%s', (_, network) => {
  test(`has the same loss curve and end state on both engines after ${STEPS} steps`, async () => {
    const [ours, theirs] = [await train(engines.tfjs, network), await train(engines.ort, network)];
    expect(Math.max(...relativeDifferences(ours.losses, theirs.losses))).toBeLessThan(1e-4);
    expect(ours.losses[STEPS - 1]).toBeLessThan(ours.losses[0]);

    expect(ours.state.step).toBe(theirs.state.step);
    const tolerances = {
      parameters: [1e-4, 1e-5],
      firstMoment: [1e-3, 1e-6],
      secondMoment: [1e-3, 1e-9],
    } as const;
    const partsOf = ({ state }: Training): Record<string, Arrays> => ({
      parameters: state.parameters,
      ...state.memory,
    });
    for (const [part, [relative, absolute]] of Object.entries(tolerances)) {
      for (const name of Object.keys(network.parameters)) {
        const [a, b] = [partsOf(ours)[part][name], partsOf(theirs)[part][name]];
        expect(disagreement(a, b, relative, absolute), `${part}, ${name}`).toBeLessThan(1);
      }
    }
  });

  test('begun on one engine goes on on the other as on its own', async () => {
    const half = STEPS / 2;
    const { losses } = await train(engines.tfjs, network);
    const { state } = await train(engines.ort, network, 0, half);
    const resumed = await train(engines.tfjs, network, half, STEPS, state);
    expect(Math.max(...relativeDifferences(resumed.losses, losses.slice(half)))).toBeLessThan(1e-4);
  });

  test.each(OTHERS)(`has the same loss curve on both engines by $name, and goes on on the other`, async (optimizer) => {
    const steps = 8;
    const run = (engine: Engine, from = 0, to = steps, state?: TrainerState) =>
      train(engine, network, from, to, state, optimizer);
    const [ours, theirs] = [await run(engines.tfjs), await run(engines.ort)];
    expect(Math.max(...relativeDifferences(ours.losses, theirs.losses))).toBeLessThan(1e-3);
    expect(ours.losses[steps - 1]).toBeLessThan(ours.losses[0]);
    const begun = await run(engines.ort, 0, 6);
    const resumed = await run(engines.tfjs, 6, steps, begun.state);
    expect(Math.max(...relativeDifferences(resumed.losses, theirs.losses.slice(6)))).toBeLessThan(1e-3);
  });
});
