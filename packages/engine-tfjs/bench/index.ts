import { createRequire } from 'node:module';
import nodeUtil from 'node:util';
import type { Engine } from '@xinc/core';
import ort from '@xinc/engine-ort';
import { median } from '../../../scripts/bench-lines.mjs';
import { ffn, nerv, type Workload } from '../../engine-ort/bench/programs.js';
import { TfjsEngine } from '../src/engine.js';
import { loadRuntime } from '../src/runtime.js';

/*
 * Training steps of this engine, native and in JavaScript, as multiples of a step of `ort` in the same process: the
 * processor's time on one thread each, which other programs do not change much. The two alternate and medians are
 * compared. The native library is that of @tensorflow/tfjs-node or of XINC_TFJS_NODE.
 */
const ROUNDS = { native: 12, JavaScript: 2 };

const threads = 1;
const reference = await ort.create({ threads });
const native = new TfjsEngine(await loadRuntime(threads));
if (native.description.includes('JavaScript')) console.log(native.description);
else await compare('native', native);

// Loaded after the other is done with: the library keeps one backend for the process.
const require = createRequire(import.meta.url);
const load = (name: string) => {
  if (name !== '@tensorflow/tfjs') throw new Error('not asked for here');
  return require(name);
};
const nodeMajor = Number.parseInt(process.versions.node, 10);
await compare('JavaScript', new TfjsEngine(await loadRuntime(threads, { load, util: nodeUtil, env: {}, nodeMajor })));
await reference.dispose();

async function compare(name: keyof typeof ROUNDS, engine: Engine): Promise<void> {
  console.log(engine.description);
  for (const workload of [ffn(), nerv()]) {
    const [own, other] = [await stepOf(engine, workload), await stepOf(reference, workload)];
    const times = { own: [] as number[], other: [] as number[] };
    for (let round = 0; round <= ROUNDS[name]; round++) {
      const pair = { own: await time(own.step), other: await time(other.step) };
      // The first step of either prepares what the others reuse.
      if (round === 0) continue;
      times.own.push(pair.own);
      times.other.push(pair.other);
    }
    const [a, b] = [median(times.own), median(times.other)];
    console.log(
      `${workload.name}: a step takes ${(a / b).toFixed(1)} × that of ort (${a.toFixed(0)} and ${b.toFixed(0)} ms)`,
    );
    await own.dispose();
    await other.dispose();
  }
  await engine.dispose();
}

/** A training of the workload on an engine, ready to do steps. */
async function stepOf(engine: Engine, workload: Workload) {
  const trainer = await engine.compileTraining({
    ...workload,
    batch: Object.fromEntries(Object.entries(workload.batch).map(([name, { shape }]) => [name, shape])),
    optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  });
  const batch = await trainer.prepare(workload.batch);
  const dispose = () => {
    batch.dispose();
    return trainer.dispose();
  };
  return { step: () => trainer.step(batch, 1e-3), dispose };
}

/** The processor's time in milliseconds. */
async function time(action: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await action();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
