import type { AnalysisResult, Frame, LayerInfo, UntracedLayer } from '@xinc/core';

/** Everything that the report of a run shows. */
export interface Report {
  readonly title: string;
  readonly signal: ReportSignal;
  readonly model: ReportModel;
  readonly reconstruction: ReportReconstruction;
  /** In the order of training; empty where the weights were imported. */
  readonly training: readonly TrainingPoint[];
  /** How the network was trained, where that is not as published: `by SOAP for 200 steps, not by the published Adam schedule`. */
  readonly trained?: string;
  /** Input side first. */
  readonly layers: readonly ReportLayer[];
  /** Layers of the network that are not traced, each with the reason. */
  readonly untraced?: readonly UntracedLayer[];
  /**
   * Asked for again where their figures are more than 32 MB together: where each is loaded when its turn comes, one at a time is in memory
   * then.
   */
  readonly analyses: () => Iterable<ReportAnalysis> | AsyncIterable<ReportAnalysis>;
  /** What the whole run lacks, and why. What single analyses left out is in their results. */
  readonly omissions: readonly ReportOmission[];
  /** Settings, versions and the machine, at the end. */
  readonly settings: readonly ReportSettings[];
  readonly toolVersion: string;
  /** ISO 8601. */
  readonly created: string;
}

export interface ReportSignal {
  /** For people: a file's name without its folders. */
  readonly name: string;
  /** As it was given. */
  readonly path: string;
  readonly kind: 'image' | 'video';
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  /** Hex; absent where the source is not known. */
  readonly sha256?: string;
  /** What was done to it or noticed about it, in words. */
  readonly notes: readonly string[];
  /** Frames per second. */
  readonly frameRate?: number;
}

export interface ReportModel {
  readonly name: string;
  readonly title: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Trainable numbers. */
  readonly parameterCount: number;
}

export interface ReportLayer extends LayerInfo {
  /** What follows the layer, and its way to the picture, in words. */
  readonly reading?: string;
}

export interface ReportReconstruction {
  /** Over all frames, dB: ∞ where nothing differs, NaN where a frame has pixels that are NaN. */
  readonly psnr: number;
  /** Why the PSNR is NaN: `12 of 64 pixels are NaN`. */
  readonly notDefined?: string;
  /** The frames shown: for an image its only one; for a video a spread of them. */
  readonly frames: readonly ReportFrame[];
  /** PSNR of every frame, dB, where more were measured than are shown. */
  readonly framePsnr?: readonly { readonly frame: number; readonly psnr: number }[];
}

/** A picture in memory, or as the bytes of a PNG or any other image file that sharp reads. */
export type Picture = Frame | Uint8Array;

export interface ReportFrame {
  readonly index: number;
  readonly original: Picture;
  /** As large as `original`. */
  readonly reconstruction: Picture;
  /** dB; infinite where the two are the same, NaN where the reconstruction has pixels that are NaN. */
  readonly psnr: number;
}

export interface TrainingPoint {
  /** Steps completed. */
  readonly step: number;
  /** Mean squared error of the step's batch. */
  readonly loss: number;
  /** PSNR of the step's batch, dB. */
  readonly psnr: number;
  /** Since the start of training. */
  readonly seconds: number;
}

export interface ReportAnalysis {
  readonly name: string;
  readonly title: string;
  /** The question it answers. */
  readonly description: string;
  /** Its arrays are not shown and may be left out. */
  readonly result: Omit<AnalysisResult, 'arrays'> & Partial<Pick<AnalysisResult, 'arrays'>>;
  readonly options: Readonly<Record<string, unknown>>;
  /** How long it took. */
  readonly seconds?: number;
  /** Saved arrays and tables, relative to the run directory. */
  readonly files?: readonly string[];
}

export interface ReportOmission {
  readonly what: string;
  readonly why: string;
}

export interface ReportSettings {
  readonly title: string;
  readonly values: Readonly<Record<string, unknown>>;
}
