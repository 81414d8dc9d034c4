import { type ChildProcess, spawn } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import ort from '../dist/index.js';
import { ffn, nerv, type Workload } from './programs.js';

/*
 * Training steps beside the same ones in PyTorch, which the Python XINC_PYTHON has, in turns of one run: of wall time, which takes a quiet
 * machine, and of processor time. Of PyTorch's two layouts of pictures both are told; the faster one counts. `pytorch.ts THREADS`; as many as there are unless said.
 */
const RUNS = 5;
const STEPS = 10;
const WARM_UP = 3;
const NETWORKS = [
  { name: 'FFN', workload: ffn(), peers: ['ffn'], target: 0.7 },
  { name: 'NeRV', workload: nerv(), peers: ['nerv', 'nerv-channels-last'], target: 0.6 },
] as const;

/** What a step takes. */
interface StepTime {
  readonly seconds: number;
  readonly processorSeconds: number;
}

type Stepper = (steps: number) => Promise<StepTime>;

const threads = Number(process.argv[2] ?? availableParallelism());
const python = process.env.XINC_PYTHON;
if (python) await compare(python);
else console.log('steps against PyTorch: skipped, since XINC_PYTHON names no Python that has torch');

async function compare(python: string): Promise<void> {
  const script = fileURLToPath(new URL('pytorch.py', import.meta.url));
  const peer = spawn(python, [script, String(threads)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface(peer.stdout)[Symbol.asyncIterator]();
  const { version, missing } = JSON.parse((await answers.next()).value ?? '{"missing":"it ended at once"}');
  if (missing) return console.log(`steps against PyTorch: skipped, ${missing}`);
  const engine = await ort.create({ threads });
  console.log(`${cpus()[0].model}, ${threads} threads; ${engine.description} against PyTorch ${version}`);
  for (const { name, workload, peers, target } of NETWORKS) {
    const steppers = [await ours(workload), ...peers.map((network) => theirs(peer, answers, network))];
    for (const step of steppers) await step(WARM_UP);
    const runs: StepTime[][] = [];
    for (let run = 0; run < RUNS; run++) {
      const times: StepTime[] = [];
      for (const step of steppers) times.push(await step(STEPS));
      runs.push(times);
    }
    for (const [what, measure] of [
      ['wall time', 'seconds'],
      ['processor time', 'processorSeconds'],
    ] as const) {
      for (const [i, peer] of peers.entries()) {
        console.log(`${name} step, ${what}: ${ratioOf(runs, measure, i + 1)} (${peer}); target ${target}`);
      }
    }
  }
  peer.stdin.end();
  await engine.dispose();

  async function ours({ batch, ...workload }: Workload): Promise<Stepper> {
    const trainer = await engine.compileTraining({
      ...workload,
      batch: Object.fromEntries(Object.entries(batch).map(([name, { shape }]) => [name, shape])),
      optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    });
    const prepared = await trainer.prepare(batch);
    return async (steps) => {
      const [start, before] = [performance.now(), process.cpuUsage()];
      for (let step = 0; step < steps; step++) await trainer.step(prepared, 1e-3);
      const [seconds, { user, system }] = [(performance.now() - start) / 1e3, process.cpuUsage(before)];
      return { seconds: seconds / steps, processorSeconds: (user + system) / 1e6 / steps };
    };
  }
}

function theirs(peer: ChildProcess, answers: AsyncIterator<string>, network: string): Stepper {
  return async (steps) => {
    peer.stdin!.write(`${network} ${steps}\n`);
    const { done, value } = await answers.next();
    if (done) throw new Error('PyTorch ended without an answer; what it said is above');
    return JSON.parse(value);
  };
}

/** The first stepper's time as a share of another's: of the run in the middle, and of all. */
function ratioOf(runs: readonly (readonly StepTime[])[], measure: keyof StepTime, other: number): string {
  const ratios = runs.map((run) => run[0][measure] / run[other][measure]).toSorted((a, b) => a - b);
  const time = (stepper: number) => `${(1e3 * median(runs.map((run) => run[stepper][measure]))).toFixed(1)} ms`;
  const spread = `${ratios[0].toFixed(2)} to ${ratios.at(-1)!.toFixed(2)}`;
  return `${median(ratios).toFixed(2)} × PyTorch's (${RUNS} runs: ${spread}), ${time(0)} against ${time(other)}`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
