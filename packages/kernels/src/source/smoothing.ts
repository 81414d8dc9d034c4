import type { Activation, Stage } from '../layer.js';
import type { Region } from '../region.js';

/** Scattering to sub-pixels, nearest upsampling and a mean in one, and the activations that follow. */
export interface Smoothing {
  /** s of the cells whose sub-pixels the values are scattered to; 1 for no scattering. */
  readonly shuffle: number;
  readonly scale: number;
  readonly size: number;
  readonly activations: readonly Activation[];
}

/**
 * A path as few smoothings, after the activations of the first element. An activation is pointwise, so it may come before
 * an upsampling that it follows, on fewer values; a scattering, an upsampling and the mean after them are one weighted sum.
 */
export function planSmoothings(
  shuffle: number,
  activation: Activation | null,
  path: readonly Stage[],
): readonly [before: readonly Activation[], smoothings: readonly Smoothing[]] {
  const first: Activation[] = activation ? [activation] : [];
  const plan: { shuffle: number; scale: number; size: number; activations: Activation[] }[] = [];
  if (shuffle > 1) plan.push({ shuffle, scale: 1, size: 1, activations: [] });
  for (const stage of path) {
    const last = plan.at(-1);
    const open = last?.size === 1 && last.activations.length === 0 ? last : undefined;
    if (stage.kind === 'activation') {
      const target = open?.shuffle === 1 ? plan.at(-2) : last;
      (target?.activations ?? first).push(stage.activation);
    } else if (stage.kind === 'upsample') {
      if (open) open.scale *= stage.scale;
      else plan.push({ shuffle: 1, scale: stage.scale, size: 1, activations: [] });
    } else if (open) open.size = stage.size;
    else plan.push({ shuffle: 1, scale: 1, size: stage.size, activations: [] });
  }
  return [first, plan];
}

/** The weighted sums along one axis, for outputs `start` … `end` − 1 of an input of `extent` values. */
export interface Axis {
  /** The inputs that are read. */
  readonly from: number;
  readonly to: number;
  /** Per output: its first input, counted from `from`, and how many it reads. */
  readonly offset: Int32Array;
  readonly count: Int32Array;
  /** [outputs, taps, shuffle]: an input's weight, by the sub-pixel that its neuron's values are scattered to. */
  readonly weights: Float32Array;
  readonly taps: number;
  /** Per output, how much of its mean lies inside the picture. */
  readonly shares: Float32Array;
}

/** Each of an output's `size` taps falls on the input below it, at 1 / (shuffle · scale) of the resolution; outside are zeros. */
export function planAxis({ shuffle, scale, size }: Smoothing, extent: number, start: number, end: number): Axis {
  const reach = (size - 1) / 2;
  const cell = shuffle * scale;
  const source = (position: number) => Math.floor(Math.min(Math.max(position, 0), extent * cell - 1) / cell);
  const from = source(start - reach);
  const to = source(end - 1 + reach) + 1;
  const outputs = end - start;
  const taps = Math.ceil((size - 1) / cell) + 1;
  const axis = {
    from,
    to,
    taps,
    offset: new Int32Array(outputs),
    count: new Int32Array(outputs),
    weights: new Float32Array(outputs * taps * shuffle),
    shares: new Float32Array(outputs),
  };
  for (let i = 0; i < outputs; i++) {
    const first = source(start + i - reach);
    axis.offset[i] = first - from;
    axis.count[i] = source(start + i + reach) - first + 1;
    for (let tap = -reach; tap <= reach; tap++) {
      const position = start + i + tap;
      if (position < 0 || position >= extent * cell) continue;
      const phase = Math.floor(position / scale) % shuffle;
      axis.weights[(i * taps + source(position) - first) * shuffle + phase] += 1 / size;
      axis.shares[i] += 1 / size;
    }
  }
  return axis;
}

/** A smoothing inside a region: the weighted sums along both axes. */
export interface PlannedStep {
  readonly smoothing: Smoothing;
  readonly rows: Axis;
  readonly columns: Axis;
  /** Whether the columns are all there. */
  readonly whole: boolean;
}

/** Whether the quick form of scale 2, size 3 fits. */
export const isTwice = ({ smoothing: { shuffle, scale, size }, whole }: PlannedStep): boolean =>
  whole && shuffle * scale === 2 && size === 3;

/** Backwards from the region: what each step has to give is what the next one reads. */
export function planSteps(
  smoothings: readonly Smoothing[],
  start: readonly [number, number],
  region: Region,
): PlannedStep[] {
  const extents = [start];
  for (const { shuffle, scale } of smoothings) {
    const [height, width] = extents.at(-1)!;
    extents.push([height * shuffle * scale, width * shuffle * scale]);
  }
  const steps: PlannedStep[] = [];
  let wanted: Region = region;
  for (let i = smoothings.length - 1; i >= 0; i--) {
    const [height, width] = extents[i];
    const rows = planAxis(smoothings[i], height, wanted.top, wanted.top + wanted.height);
    const columns = planAxis(smoothings[i], width, wanted.left, wanted.left + wanted.width);
    const step = { smoothing: smoothings[i], rows, columns, whole: wanted.width === extents[i + 1][1] };
    steps.unshift(step);
    wanted = windowOf(step);
  }
  return steps;
}

export function windowOf({ rows, columns }: PlannedStep): Region {
  return { top: rows.from, left: columns.from, height: rows.to - rows.from, width: columns.to - columns.from };
}
