import { switchOff } from '../../ablation.js';
import type { AnalysisContext, RequestContext } from '../../analysis.js';
import { pixelCoordinates } from '../../coordinates.js';
import { deriveHooks } from '../../derive/derive-hooks.js';
import type { InrProgram } from '../../derive/program.js';
import { ownStatistics } from '../../doors/own-statistics.js';
import type { Arrays } from '../../engine.js';
import type { LabelMap } from '../../grouping.js';
import type { Inr } from '../../inr.js';
import { ndarray, sizeOf } from '../../ndarray.js';
import { clampFrame, createNetwork, type Network } from '../../network.js';
import { randomStream } from '../../random.js';
import type { Signal, SignalShape } from '../../signal.js';
import type { LayerStatistics, StatisticsRequest } from '../../statistics/statistics.js';
import type { KernelPool } from '../../trace/contribution-source.js';
import { createTracer, type Tracer } from '../../trace/tracer.js';
import { definitionsEngine } from '../definitions-engine.js';

/** A run of a small network, traced in this thread, whose network runs by the definitions of its operations. */
export interface SmallRun {
  readonly signal: Signal;
  readonly tracer: Tracer;
  readonly network: Network;
  /** Label maps of every frame, by grouping. */
  readonly labels: Readonly<Record<string, LabelMap>>;
}

/** What a run may lack. */
export interface RunAbilities {
  /** No weight is other than zero, so that nothing contributes. */
  readonly silent?: boolean;
  readonly groupings?: boolean;
}

/** Weights are drawn, not trained: analyses are arithmetic, whatever the picture. */
export function smallRun(
  signal: Signal,
  pool: KernelPool,
  { silent = false, groupings = true }: RunAbilities = {},
): SmallRun {
  const inr = sineNetwork(signal.shape);
  const stream = randomStream(0, 'weights');
  const weights: Arrays = Object.fromEntries(
    inr.parameters.map(({ name, shape }) => [
      name,
      ndarray(
        shape,
        Float32Array.from({ length: sizeOf(shape) }, () => (silent ? 0 : stream.normal() / Math.sqrt(shape.at(-1)!))),
      ),
    ]),
  );
  const network = createNetwork(inr, weights, definitionsEngine);
  return { signal, network, tracer: createTracer(network, pool), labels: groupings ? labelMaps(signal.shape) : {} };
}

/** Statistics of some frames, and what else an analysis may ask for. */
export async function contextOf(
  { signal, tracer, network, labels }: SmallRun,
  request: (about: RequestContext) => StatisticsRequest,
  frames: readonly number[],
  seed: number,
  abilities: boolean,
): Promise<AnalysisContext> {
  const about = { signal: signal.shape, layers: tracer.layers, frames, groupings: Object.keys(labels) };
  const asked = request(about);
  const statistics = new Map<number, Readonly<Record<string, LayerStatistics>>>();
  for (const frame of frames) {
    const options = { labels, ...(frame > 0 && { previousFrame: frame - 1 }) };
    const traced = await tracer.trace(frame, asked, options);
    const own = Object.entries(traced).map(([layer, gathered]) => [layer, ownStatistics(asked, gathered)]);
    statistics.set(frame, Object.fromEntries(own));
  }
  return {
    ...about,
    seed,
    untraced: [],
    statistics: (layer, frame) => statistics.get(frame)![layer],
    labels: (grouping) => labels[grouping],
    signalFrame: (frame) => signal.frame(frame),
    reconstruction: async (frame) => clampFrame(await network.reconstruct(frame)),
    maps: (layer, frame, neurons) => tracer.maps(layer, frame, neurons),
    ...(abilities && {
      completeness: (layer, frame) => tracer.completeness(layer, frame),
      ablate: (layer, frame, neurons) => network.reconstruct(frame, switchOff(network, layer, neurons)),
      progress: () => {},
    }),
  };
}

/** Coordinates → 9 sine units → 8 units with ReLU → colours; of a video, with the time as a third coordinate. */
function sineNetwork(signal: SignalShape): Inr {
  const columns = signal.kind === 'video' ? 3 : 2;
  const parameter = (name: string, shape: readonly number[]) => ({
    name,
    shape,
    init: { kind: 'constant', value: 0 } as const,
    trainable: true,
  });
  const program: InrProgram = {
    signal,
    sampling: 'pixels',
    parameters: [
      parameter('layer1.weight', [9, columns]),
      parameter('layer1.bias', [9]),
      parameter('layer2.weight', [8, 9]),
      parameter('layer2.bias', [8]),
      parameter('layer3.weight', [3, 8]),
      parameter('layer3.bias', [3]),
    ],
    inputs([frame], pixels) {
      const places = pixelCoordinates(signal, pixels!, { coordinates: 'linspace', axes: 'yx' });
      const rows = Float32Array.from({ length: columns * pixels!.length }, (_, i) => {
        const axis = i % columns;
        return axis === 2 ? frame / signal.frames : places[2 * Math.floor(i / columns) + axis];
      });
      return { coordinates: ndarray([pixels!.length, columns], rows) };
    },
    forward(ops, values, { coordinates }) {
      const dense = (x: typeof coordinates, layer: string) =>
        ops.add(ops.matMul(x, values[`${layer}.weight`], { transposeB: true }), values[`${layer}.bias`]);
      const sines = ops.sin(ops.mul(dense(coordinates, 'layer1'), 6));
      return { output: dense(ops.relu(dense(sines, 'layer2')), 'layer3') };
    },
  };
  const derived = deriveHooks(program, {
    name: (_, position) => ({ id: `layer${position + 1}`, label: `Layer ${position + 1}` }),
  });
  const training = { learningRate: 1, schedule: () => 1, steps: 1, batch: 1 };
  return { ...program, ...derived, training: { ...training, optimizer: { beta1: 0, beta2: 0, epsilon: 1 } } };
}

/** Things on a ground, and cells; of a picture too small for them some groups are empty. */
function labelMaps({ height, width }: SignalShape): Readonly<Record<string, LabelMap>> {
  const labelled = (groups: LabelMap['groups'], groupAt: (y: number, x: number) => number): LabelMap => ({
    height,
    width,
    labels: Uint16Array.from({ length: height * width }, (_, p) =>
      groupAt(Math.floor(p / width) / height, (p % width) / width),
    ),
    groups,
  });
  const things = ['car 1', 'car 2'].map((name) => ({ name, category: 'car', type: 'thing' as const }));
  return {
    instances: labelled([{ name: 'road', category: 'road', type: 'stuff' }, ...things], (y, x) =>
      y < 0.5 ? 0 : x < 0.5 ? 1 : 2,
    ),
    cells: labelled(
      Array.from({ length: 6 }, (_, g) => ({ name: `cell ${g + 1}` })),
      (y, x) => 3 * Math.floor(2 * y) + Math.floor(3 * x),
    ),
  };
}
