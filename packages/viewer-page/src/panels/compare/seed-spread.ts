import type { RunView } from '../../api.js';

/** A value over several runs. */
export interface Spread {
  readonly mean: number;
  /** Of the runs as a sample: Σ (v − mean)² is divided by one less than there are. */
  readonly deviation: number;
  readonly least: number;
  readonly greatest: number;
  readonly count: number;
}

/** `null` for fewer than two values, and where one is no number: PSNRs of exact pictures and of pictures with NaN have no mean. */
export function spreadOf(values: readonly number[]): Spread | null {
  const count = values.length;
  if (count < 2 || !values.every(Number.isFinite)) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (count - 1));
  return { mean, deviation, least: Math.min(...values), greatest: Math.max(...values), count };
}

/** Why another run is not counted beside a run from which it should differ by the seed alone; `null` where it is. */
export function whyNotCounted(run: RunView, other: RunView, sameSignal: boolean): string | null {
  if (!sameSignal) return 'another signal';
  const { name, parameters } = run.model;
  if (other.model.name !== name || other.model.parameters !== parameters) return 'another network';
  if (other.model.settings !== run.model.settings) return 'other settings';
  if (!other.ready) return 'no weights yet';
  const untilPsnr = run.training?.untilPsnr;
  if (untilPsnr !== other.training?.untilPsnr) return 'trained until another PSNR';
  // Seeds reach a PSNR after steps of their own, of as many planned ones.
  const steps = ({ training }: RunView) => (untilPsnr === undefined ? training?.step : training?.steps);
  if (steps(run) !== steps(other)) return 'trained for another number of steps';
  if (run.seed === other.seed) return 'the same seed';
  return null;
}
