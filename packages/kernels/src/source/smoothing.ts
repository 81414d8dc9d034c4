import type { Activation, Stage } from '../layer.js';

/** Activations, then nearest upsampling and a mean in one: what a path consists of. */
export interface Smoothing {
  readonly activations: readonly Activation[];
  readonly scale: number;
  readonly size: number;
}

/**
 * A path as few smoothings. An activation is pointwise, so it may come before an upsampling that it follows, on fewer
 * values; an upsampling and the mean after it are one weighted sum.
 */
export function planSmoothings(path: readonly Stage[]): Smoothing[] {
  const plan: { activations: Activation[]; scale: number; size: number }[] = [];
  for (const stage of path) {
    const last = plan.at(-1);
    const open = last !== undefined && last.size === 1 ? last : undefined;
    if (stage.kind === 'activation') {
      if (open) open.activations.push(stage.activation);
      else plan.push({ activations: [stage.activation], scale: 1, size: 1 });
    } else if (stage.kind === 'upsample') {
      if (open) open.scale *= stage.scale;
      else plan.push({ activations: [], scale: stage.scale, size: 1 });
    } else if (open) open.size = stage.size;
    else plan.push({ activations: [], scale: 1, size: stage.size });
  }
  return plan;
}

/** The weighted sums along one axis, for outputs `start` … `end` − 1 of an input of `extent` values. */
export interface Axis {
  /** The inputs that are read. */
  readonly from: number;
  readonly to: number;
  /** Per output: its first input, counted from `from`, and how many it reads. */
  readonly offset: Int32Array;
  readonly count: Int32Array;
  /** Per output, `taps` weights. */
  readonly weights: Float32Array;
  readonly taps: number;
}

/** Each of an output's `size` taps falls on the input below it at 1 / scale of the resolution; outside are zeros. */
export function planAxis({ scale, size }: Smoothing, extent: number, start: number, end: number): Axis {
  const reach = (size - 1) / 2;
  const source = (position: number) => Math.floor(Math.min(Math.max(position, 0), extent * scale - 1) / scale);
  const from = source(start - reach);
  const to = source(end - 1 + reach) + 1;
  const outputs = end - start;
  const taps = Math.ceil((size - 1) / scale) + 1;
  const axis = {
    from,
    to,
    taps,
    offset: new Int32Array(outputs),
    count: new Int32Array(outputs),
    weights: new Float32Array(outputs * taps),
  };
  for (let i = 0; i < outputs; i++) {
    const first = source(start + i - reach);
    axis.offset[i] = first - from;
    axis.count[i] = source(start + i + reach) - first + 1;
    for (let tap = -reach; tap <= reach; tap++) {
      const position = start + i + tap;
      if (position < 0 || position >= extent * scale) continue;
      axis.weights[i * taps + source(position) - first] += 1 / size;
    }
  }
  return axis;
}
