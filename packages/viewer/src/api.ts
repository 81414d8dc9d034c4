/*
 * What the server and the page say to each other. Paths are under /api; numbers travel as safetensors or .npy, never as JSON.
 *
 *   GET  /api/session                                     Session
 *   GET  /api/events                                      server-sent events: RunEvent
 *   GET  /api/runs/ID                                     RunView
 *   GET  /api/runs/ID/files/PATH                          a file of the run (ranges are served)
 *   GET  /api/runs/ID/frames/T/signal.npy                 float32 [H, W, 3]
 *   GET  /api/runs/ID/frames/T/reconstruction.npy         float32 [H, W, 3], not clamped
 *   GET  /api/runs/ID/frames/T/labels/GROUPING            LabelView
 *   GET  /api/runs/ID/frames/T/layers/LAYER/source        safetensors, see `LayerSourceMetadata`
 *   POST /api/runs/ID/frames/T/layers/LAYER/maps          MapsRequest → float32 .npy [n, height, width]; layers of kind 'custom'
 *   GET  /api/runs/ID/frames/T/inputs                     safetensors: the network's inputs
 *   GET  /api/runs/ID/network.onnx                        the network; inputs and weights are inputs of the graph
 *   GET  /api/panels/PACKAGE                              a plugin's own panel: a browser module
 */
import type { Activation, Region, Stage } from '@xinc/kernels';

/** The body of every answer whose status is not 2xx, in JSON. */
export interface ApiProblem {
  /** An `XincErrorCode`. */
  readonly code: string;
  /** One line: what is wrong, and what to do. */
  readonly message: string;
}

export interface Session {
  readonly version: string;
  readonly runs: readonly { readonly id: string; readonly name: string; readonly problem?: string }[];
  readonly plugins: readonly {
    readonly kind: 'inr' | 'grouping' | 'analysis' | 'engine';
    readonly name: string;
    readonly title: string;
    readonly package: string;
    readonly version: string;
    /** Address of the panel module that the plugin ships. */
    readonly panel?: string;
  }[];
}

/** Something in a run's folder changed. */
export interface RunEvent {
  readonly run: string;
  /** `training`: new lines of the curve; `weights`: the network; `analyses`: results; `manifest`: run.json. */
  readonly changed: 'training' | 'weights' | 'analyses' | 'manifest';
}

export interface RunView {
  readonly id: string;
  readonly name: string;
  readonly signal: {
    readonly kind: 'image' | 'video';
    readonly frames: number;
    readonly height: number;
    readonly width: number;
    readonly path: string;
    readonly frameRate?: number;
  };
  readonly model: { readonly name: string; readonly title: string; readonly parameters: number };
  readonly seed: number;
  /** Grows when the weights change; part of the address of everything made from them (`?v=`). */
  readonly weightsVersion: number;
  /** Whether there are weights yet. */
  readonly ready: boolean;
  readonly layers: readonly LayerView[];
  /** Of the finished network, dB. */
  readonly psnr: number | null;
  readonly framePsnr: readonly (number | null)[];
  readonly training: {
    readonly step: number;
    readonly steps: number;
    /** Whether it goes on right now. */
    readonly live: boolean;
    readonly curve: readonly { readonly step: number; readonly psnr: number | null; readonly seconds: number }[];
  } | null;
  /** Groupings with label maps in the run, and the frames that have one. */
  readonly groupings: readonly { readonly name: string; readonly frames: readonly number[] }[];
  readonly analyses: readonly AnalysisView[];
}

export interface LayerView {
  readonly id: string;
  readonly label: string;
  readonly neurons: number;
  readonly kind: 'dense' | 'conv' | 'custom';
  /** For a convolution: neuron = input · outputs + output. */
  readonly outputs?: number;
  /** The parameter whose slice is the neuron, for switching it off. */
  readonly weight?: string;
}

/** An analysis as stored in the run: `result.json`, with addresses of its files relative to `/api/runs/ID/files/`. */
export interface AnalysisView {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly findings: readonly string[];
  readonly notes: readonly string[];
  readonly omissions: readonly string[];
  readonly figures: readonly {
    readonly kind: 'chart' | 'raster';
    readonly name: string;
    readonly title: string;
    readonly caption: string;
    /** Vega-Lite specification of a chart; a raster's SVG. */
    readonly file: string;
  }[];
  readonly tables: readonly { readonly name: string; readonly title: string; readonly file: string }[];
  readonly arrays: readonly {
    readonly name: string;
    readonly frame: number;
    readonly layer: string;
    readonly shape: readonly number[];
    readonly file: string;
  }[];
}

export interface LabelView {
  /** .npy, uint16 [H, W]: address. */
  readonly labels: string;
  readonly groups: readonly { readonly name: string; readonly category?: string; readonly color?: string }[];
}

/**
 * The metadata of a layer's safetensors file (each value JSON text); with its tensors it makes a `DenseSource` or a
 * `ConvSource` of the kernels. dense: tensors `input` [P, N], `scale` [N]; conv: `input` [C, h, w], `kernel` [O, C, k, k], `bias` [O].
 */
export type LayerSourceMetadata =
  | { readonly kind: 'dense'; readonly width: number; readonly offset: number; readonly activation: Activation | null }
  | {
      readonly kind: 'conv';
      readonly shuffle: number;
      readonly activation: Activation | null;
      readonly path: readonly Stage[];
    };

export interface MapsRequest {
  readonly neurons: readonly number[];
  readonly region?: Region;
}
