import type { ZodType } from 'zod';
import type { Figure } from './figure.js';
import type { LabelMap } from './grouping.js';
import type { NeuronNumbering } from './neuron-name.js';
import type { Omission } from './omission.js';
import type { Frame, SignalShape } from './signal.js';
import type { LayerStatistics, StatisticsRequest } from './statistics/statistics.js';

/** An analysis: the statistics it needs of every layer, and the arithmetic that turns them into findings. */
export interface AnalysisPlugin<C = unknown> {
  readonly kind: 'analysis';
  readonly name: string;
  readonly title: string;
  /** One sentence: the question it answers, with the paper's figure. */
  readonly description: string;
  readonly options: ZodType<C>;
  /** Options that reproduce the published code's choices to the number (the preset `published`). */
  readonly presets?: Readonly<Record<string, Partial<C>>>;
  /**
   * Why it is left out of runs of all analyses, so that it has to be asked for by name: how long it would take here.
   * Absent or `undefined` where it takes seconds.
   */
  tooLong?(options: C, context: RequestContext): string | undefined;
  request(options: C, context: RequestContext): StatisticsRequest;
  analyze(options: C, context: AnalysisContext): AnalysisResult | Promise<AnalysisResult>;
  /**
   * Refuses runs that cannot be compared, before any of them is traced.
   * @throws XincError
   */
  checkRuns?(options: C, runs: readonly LabelledRun[]): void;
  /** Several runs in one result (`xinc analyze RUN1 RUN2 … NAME`); absent where runs are read one by one. */
  analyzeRuns?(options: C, runs: readonly NamedRun[]): AnalysisResult | Promise<AnalysisResult>;
}

/** A run whose frames are labelled, and not traced yet. */
export interface LabelledRun {
  readonly name: string;
  readonly context: RequestContext & Pick<AnalysisContext, 'labels'>;
}

export interface NamedRun {
  /** Distinct among the runs compared; for people. */
  readonly name: string;
  readonly context: AnalysisContext;
}

export interface RequestContext {
  readonly signal: SignalShape;
  readonly layers: readonly LayerInfo[];
  /** The frames analysed, ascending. */
  readonly frames: readonly number[];
  /** Names of the groupings at hand. */
  readonly groupings: readonly string[];
}

export interface AnalysisContext extends RequestContext {
  readonly seed: number;
  /** Ids of the network's layers that are not among `layers`, since their contributions depend on weights that are no numbers. */
  readonly untraced: readonly string[];
  statistics(layer: string, frame: number): LayerStatistics;
  /** The label map of a grouping on a frame. */
  labels(grouping: string, frame: number): LabelMap;
  signalFrame(frame: number): Promise<Frame>;
  /** The network's own picture of a frame, clamped to [0, 1]; NaN where broken weights make no picture. */
  reconstruction(frame: number): Promise<Frame>;
  /** Signed contribution maps of a few neurons, [n, H, W]; cheap enough to ask for on the way. */
  maps(layer: string, frame: number, neurons: readonly number[]): Promise<Float32Array>;
  /** How far a layer's contributions are from adding up to its pre-activations on a frame (method §6.1). */
  completeness?(layer: string, frame: number): Promise<Completeness>;
  /**
   * The network's picture of a frame, not clamped, with these neurons switched off: an input unit of a dense layer set to
   * zero, a kernel of a convolution set to zero. Biases stay. With no neurons, the picture as it is.
   */
  ablate?(layer: string, frame: number, neurons: readonly number[]): Promise<Frame>;
  /** For steps that take seconds: what is being done and the share of it that is done, 0 … 1. */
  progress?(step: string, share: number): void;
  readonly signalAborted?: AbortSignal;
}

export interface Completeness {
  /** max |Σ_n c_{n→o}(p) − z_o(p)| over outputs o and pixels p, before any activation. */
  readonly largestError: number;
  /** max |z_o(p)| */
  readonly largestPreactivation: number;
}

export interface LayerInfo extends NeuronNumbering {
  readonly id: string;
  readonly label: string;
}

export interface AnalysisResult {
  /** A few plain sentences with numbers: what this run shows. The first sums up. */
  readonly findings: readonly string[];
  readonly tables: readonly Table[];
  readonly arrays: readonly NamedArray[];
  readonly figures: readonly Figure[];
  /** Scalars and short lists for result.json (thresholds, correlations). */
  readonly values?: Readonly<Record<string, unknown>>;
  /** What was left out, and why; `omissionSentences` tells people. */
  readonly omissions?: readonly Omission[];
  /** What a reader should know of how it was made, without anything missing: which frames are drawn, what was sampled. */
  readonly notes?: readonly string[];
}

export interface Table {
  readonly name: string;
  readonly title: string;
  /** Amounts have a unit (`neurons`, `fraction`); texts, indices and what has none by its nature have no `unit`. */
  readonly columns: readonly { readonly name: string; readonly unit?: string; readonly description: string }[];
  /** `null` is an empty cell; NaN and the infinities are shown by their names. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** Saved as `frame-0000/<layer>/<name>.npy`. */
export interface NamedArray {
  readonly name: string;
  readonly frame: number;
  readonly layer: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;
}
