import { type ChildProcess, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { notMeasured, processor, RUNS, ratio } from '../../../scripts/bench-lines.mjs';
import { pythonWith, without } from '../../../scripts/bench-python.mjs';
import ort from '../dist/index.js';
import { ffn, nerv, type Workload } from './programs.js';

/*
 * Training steps beside the same ones in PyTorch, in turns of one run: of wall time, which takes a quiet machine, and of processor time.
 * `pytorch.ts THREADS`; as many as there are unless said.
 */
const STEPS = 10;
const WARM_UP = 3;
/** PyTorch has two layouts of pictures. */
const NETWORKS = [
  { name: 'FFN', workload: ffn(), peers: [['ffn', '']], target: 0.7 },
  {
    name: 'NeRV',
    workload: nerv(),
    peers: [
      ['nerv', ''],
      ['nerv-channels-last', ', channels last'],
    ],
    target: 0.6,
  },
] as const;
const MEASURES = { 'wall time': 'seconds', 'processor time': 'processorSeconds' } as const;

/** What a step takes. */
interface StepTime {
  readonly seconds: number;
  readonly processorSeconds: number;
}

type Stepper = (steps: number) => Promise<StepTime>;

const threads = Number(process.argv[2] ?? availableParallelism());
const python = pythonWith('torch');
if (python) await compare(python);
else for (const { name } of NETWORKS) notMeasured({ name: `${name} step`, peer: 'PyTorch', why: without('torch') });

async function compare(python: string): Promise<void> {
  const script = fileURLToPath(new URL('pytorch.py', import.meta.url));
  const torch = spawn(python, [script, String(threads)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface(torch.stdout)[Symbol.asyncIterator]();
  const { version } = await answerOf(answers);
  const engine = await ort.create({ threads });
  console.log(`${processor()}; ${engine.description}`);
  for (const { name, workload, peers, target } of NETWORKS) {
    const steppers = [await ours(workload), ...peers.map(([network]) => theirs(torch, answers, network))];
    for (const step of steppers) await step(WARM_UP);
    const runs: StepTime[][] = [];
    for (let run = 0; run < RUNS; run++) {
      const times: StepTime[] = [];
      for (const step of steppers) times.push(await step(STEPS));
      runs.push(times);
    }
    for (const [what, measure] of Object.entries(MEASURES)) {
      for (const [i, [, layout]] of peers.entries()) {
        const of = (stepper: number) => runs.map((times) => 1e3 * times[stepper][measure]);
        const peer = `PyTorch ${version}, ${threads} ${threads === 1 ? 'thread' : 'threads'}${layout}`;
        ratio({ name: `${name} step, ${what}`, peer, ours: of(0), theirs: of(i + 1), unit: 'ms', target });
      }
    }
  }
  torch.stdin.end();
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

function theirs(torch: ChildProcess, answers: AsyncIterator<string>, network: string): Stepper {
  return async (steps) => {
    torch.stdin!.write(`${network} ${steps}\n`);
    return answerOf(answers);
  };
}

async function answerOf(answers: AsyncIterator<string>) {
  const { done, value } = await answers.next();
  if (done) throw new Error('PyTorch ended without an answer; what it said is above');
  return JSON.parse(value);
}
