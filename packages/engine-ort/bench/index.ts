import { availableParallelism } from 'node:os';
import { median } from '../../../scripts/bench-lines.mjs';
import ort from '../dist/index.js';
import { createGemm, GEMM_FLOPS } from './gemm.js';
import { ffn, nerv, type Workload } from './programs.js';

/*
 * Training steps as a share of the rate of one large ONNX Runtime matrix product in the same process. The two alternate
 * and medians are compared, so a machine that is busy or warm slows both.
 */
const ROUNDS = 12;
const STEPS_PER_ROUND = 5;
const TARGETS = { ffn: 0.45, nerv: 0.35 };

const threads = availableParallelism();
const gemm = await createGemm(threads);
const engine = await ort.create({ threads });
console.log(engine.description);
await measure(ffn(), TARGETS.ffn);
await measure(nerv(), TARGETS.nerv);
await engine.dispose();

async function measure(workload: Workload, target: number): Promise<void> {
  const compileStart = performance.now();
  const trainer = await engine.compileTraining({
    ...workload,
    batch: Object.fromEntries(Object.entries(workload.batch).map(([name, { shape }]) => [name, shape])),
    optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  });
  const compileTime = performance.now() - compileStart;
  const batch = await trainer.prepare(workload.batch);
  const step = () => trainer.step(batch, 1e-3);
  const times = { gemm: [] as number[], step: [] as number[] };
  await gemm();
  for (let i = 0; i < STEPS_PER_ROUND; i++) await step();
  for (let round = 0; round < ROUNDS; round++) {
    times.gemm.push(await time(gemm));
    for (let i = 0; i < STEPS_PER_ROUND; i++) times.step.push(await time(step));
  }
  const [gemmTime, stepTime] = [median(times.gemm), median(times.step)];
  const rate = GEMM_FLOPS / gemmTime;
  const share = (flops: number) => `${((100 * flops) / stepTime / rate).toFixed(0)} %`;
  const gigaflops = (rate: number) => (rate / 1e6).toFixed(0);
  console.log(
    `${workload.name}: step ${stepTime.toFixed(1)} ms (best ${Math.min(...times.step).toFixed(1)}), ` +
      `${(workload.flops / 1e9).toFixed(2)} GFLOP at ${gigaflops(workload.flops / stepTime)} GFLOP/s = ` +
      `${share(workload.flops)} of the ${gigaflops(rate)} GFLOP/s of a matrix product ` +
      `(${share(workload.nominalFlops)} counting 3 × forward; target ${100 * target} %), ` +
      `compiled in ${compileTime.toFixed(0)} ms, RSS ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`,
  );
  batch.dispose();
  await trainer.dispose();
}

async function time(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}
