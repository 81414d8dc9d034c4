import type { AxisSums } from '../layer.js';

/** An input that an output along an axis sums, with a weight for each sub-pixel that a neuron's values may lie on. */
interface Tap {
  readonly input: number;
  readonly weights: readonly number[];
}

/** Weighted sums along an axis; with more phases than one, a neuron's weights depend on its sub-pixel. */
export interface PhasedAxis {
  readonly inputs: number;
  readonly phases: number;
  readonly outputs: readonly (readonly Tap[])[];
}

export function axisOf(sums: AxisSums, inputs: number): PhasedAxis {
  return {
    inputs,
    phases: 1,
    outputs: sums.map((taps) => taps.map(([input, weight]) => ({ input, weights: [weight] }))),
  };
}

/** Each input goes to one of `scale` outputs: which one is the neuron's phase. */
export function scatterAxis(inputs: number, scale: number): PhasedAxis {
  return {
    inputs,
    phases: scale,
    outputs: Array.from({ length: inputs * scale }, (_, output) => [
      {
        input: Math.floor(output / scale),
        weights: Array.from({ length: scale }, (_, phase) => (phase === output % scale ? 1 : 0)),
      },
    ]),
  };
}

/** `second`, which has one phase, of `first`. */
export function composeAxes(first: PhasedAxis, second: PhasedAxis): PhasedAxis {
  return {
    inputs: first.inputs,
    phases: first.phases,
    outputs: second.outputs.map((taps) => {
      const sums = new Map<number, number[]>();
      for (const outer of taps) {
        for (const { input, weights } of first.outputs[outer.input]) {
          const sum = sums.get(input) ?? new Array<number>(first.phases).fill(0);
          for (const [phase, weight] of weights.entries()) sum[phase] += outer.weights[0] * weight;
          sums.set(input, sum);
        }
      }
      return [...sums]
        .filter(([, weights]) => weights.some((weight) => weight !== 0))
        .sort(([a], [b]) => a - b)
        .map(([input, weights]) => ({ input, weights }));
    }),
  };
}

/** Whether outputs are inputs as they are. */
export function isIdentity({ inputs, phases, outputs }: PhasedAxis): boolean {
  return phases === 1 && outputs.length === inputs && outputs.every((taps, i) => isCopy(taps) && taps[0]?.input === i);
}

/** Whether every output is an input or 0, so that a function that gives 0 for 0 may come before. */
export const isSelection = ({ outputs }: PhasedAxis): boolean => outputs.every(isCopy);

const isCopy = (taps: readonly Tap[]): boolean =>
  taps.length === 0 || (taps.length === 1 && taps[0].weights.every((weight) => weight === 0 || weight === 1));

/** The most inputs that an output sums. */
export const tapsOf = ({ outputs }: PhasedAxis): number =>
  outputs.reduce((most, taps) => Math.max(most, taps.length), 1);

/** The first input that outputs `start` … `end` − 1 read, and the one behind the last; one input where they read none. */
export function reachOf({ outputs }: PhasedAxis, start: number, end: number): readonly [number, number] {
  let [first, last] = [Number.POSITIVE_INFINITY, -1];
  for (let output = start; output < end; output++) {
    for (const { input } of outputs[output]) {
      first = Math.min(first, input);
      last = Math.max(last, input);
    }
  }
  return last < 0 ? [0, 1] : [first, last + 1];
}
