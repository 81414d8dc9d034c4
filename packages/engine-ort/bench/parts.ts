import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OptimizerOptions, shapesOf } from '@xinc/core';
import { createOptimizer, startingState } from '@xinc/core/graph';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { optimizeStep } from '../src/passes/optimize-step.js';
import { lower } from '../src/program.js';
import { traceTrainingStep } from '../src/training-step.js';
import { ffn, nerv, random, type Workload } from './programs.js';

/*
 * What a training step spends its time on, part by part: ONNX Runtime's own profile of the step's graph, the new bases of SOAP and what is
 * outside of the graph excepted.
 */
const STEPS = 20;
/** Steps that are not counted: the first ones make room. */
const BEFORE = 3;

/** Also convolutions that move values: shuffles and shifts, whose kernels have one input channel and one place. */
const MOVING = 'moving values (transposes, slices, paddings, shuffles, shifts)';

/** The operators of each part; what is in none is what goes over values one by one. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  'matrix products': ['MatMul', 'Gemm', 'FusedMatMul', 'FusedGemm'],
  convolutions: ['Conv', 'FusedConv', 'ConvTranspose'],
  [MOVING]: [
    'Transpose',
    'Slice',
    'Split',
    'Concat',
    'Pad',
    'DepthToSpace',
    'SpaceToDepth',
    'Reshape',
    'Expand',
    'ReorderInput',
    'ReorderOutput',
    'MemcpyFromHost',
    'MemcpyToHost',
  ],
  sums: ['ReduceSum', 'ReduceMean', 'ReduceSumSquare'],
};
const REST = 'value by value (activations, losses, the optimiser)';

const ADAM: OptimizerOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const SOAP: OptimizerOptions = { name: 'soap', beta1: 0.95, beta2: 0.95, epsilon: 1e-8, refresh: 10, mostSide: 1000 };

for (const workload of [ffn(), nerv()]) {
  for (const optimizer of [ADAM, SOAP]) await profile(workload, optimizer);
}

async function profile({ name, batch, ...workload }: Workload, options: OptimizerOptions): Promise<void> {
  const spec = { ...workload, batch: shapesOf(batch), optimizer: options };
  const optimizer = createOptimizer(options, shapesOf(spec.parameters));
  const { graph, main } = traceTrainingStep(spec, optimizer);
  const model = lower(graph, optimizeStep(graph, main), { training: true });
  const folder = await mkdtemp(join(tmpdir(), 'xinc-parts-'));
  const session = await InferenceSession.create(model.bytes, {
    intraOpNumThreads: availableParallelism(),
    enableMemPattern: false,
    enableProfiling: true,
    profileFilePrefix: join(folder, 'step'),
    // As the engine's own sessions.
    extra: { session: { force_spinning_stop: '1', intra_op: { spin_duration_us: '100' } } },
  });
  const { parameters, memory } = startingState(spec, optimizer);
  const known: Record<string, ReturnType<typeof random>> = { ...parameters, ...spec.fixed, ...batch };
  for (const [part, arrays] of Object.entries(memory)) {
    for (const [parameter, array] of Object.entries(arrays)) known[`optimizer:${part}:${parameter}`] = array;
  }
  const feeds = Object.fromEntries(
    model.inputs.map(({ name, shape }) => {
      const { data } = known[name] ?? random(shape, 1e-3);
      return [name, new Tensor('float32', data, shape)];
    }),
  );
  for (let step = 0; step < BEFORE + STEPS; step++) await session.run(feeds);
  // The profile is written when the session ends.
  await session.release();
  const [file] = await readdir(folder);
  const events: readonly ProfileEvent[] = JSON.parse(await readFile(join(folder, file), 'utf8'));
  await rm(folder, { recursive: true });
  const times = new Map<string, number>();
  const runs = events.filter(({ name }) => name === 'model_run');
  const counted = runs[BEFORE].ts;
  for (const { cat, ts, dur, args } of events) {
    if (cat !== 'Node' || args?.op_name === undefined || ts < counted) continue;
    const part = isMoving(args)
      ? MOVING
      : (Object.keys(PARTS).find((part) => PARTS[part].includes(args.op_name!)) ?? REST);
    times.set(part, (times.get(part) ?? 0) + dur);
  }
  const whole = runs.slice(BEFORE).reduce((sum, { dur }) => sum + dur, 0);
  const share = (time: number) => `${((100 * time) / whole).toFixed(0)} %`;
  const between = whole - [...times.values()].reduce((sum, time) => sum + time, 0);
  const rows = [...times, ['between operators', between] as const].toSorted(([, a], [, b]) => b - a);
  console.log(`${name}, ${options.name ?? 'adam'}: ${rows.map(([part, time]) => `${part} ${share(time)}`).join(', ')}`);
}

/** A line of ONNX Runtime's profile; times in microseconds. */
interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args?: ProfileArguments;
}

interface ProfileArguments {
  readonly op_name?: string;
  /** Of each input, its shape under the name of its type. */
  readonly input_type_shape?: readonly Readonly<Record<string, readonly number[]>>[];
}

function isMoving({ op_name = '', input_type_shape: [, kernel] = [] }: ProfileArguments): boolean {
  return ['Conv', 'ConvTranspose'].includes(op_name) && kernel?.float?.[1] === 1;
}
