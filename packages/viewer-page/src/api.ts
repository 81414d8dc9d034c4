/*
 * What the server and the page say to each other. Paths are under /api; numbers travel as safetensors or .npy, never as JSON.
 *
 *   GET  /api/session                                     Session
 *   GET  /api/events                                      server-sent events: RunEvent
 *   GET  /api/runs/ID                                     RunView
 *   GET  /api/runs/ID/files/PATH                          a file of the run (ranges are served)
 *   GET  /api/runs/ID/weights.safetensors                 the network's parameters: the finished ones, else the newest checkpoint
 *   GET  /api/runs/ID/network.onnx                        the network, see `NetworkView`; with `?half=before&changing=W&changing=…`, or
 *                                                         `half=after`, what does not depend on these parameters, or the rest, which
 *                                                         reads the outputs of the first by name. No bytes where nothing can be cut off
 *   GET  /api/runs/ID/frames/T/signal.npy                 float32 [H, W, 3]
 *   GET  /api/runs/ID/frames/T/reconstruction.npy         float32 [H, W, 3], not clamped
 *   GET  /api/runs/ID/frames/T/inputs                     safetensors: the network's inputs; of all pixels, or of the frame
 *   GET  /api/runs/ID/frames/T/labels/GROUPING            LabelView
 *   GET  /api/runs/ID/frames/T/labels/GROUPING/labels.npy uint16 [H, W]
 *   GET  /api/runs/ID/frames/T/layers/LAYER/source        safetensors, see `LayerSourceMetadata`; for layers traced in
 *                                                         the page
 *   POST /api/runs/ID/frames/T/layers/LAYER/maps          MapsRequest → float32 .npy [n, height, width]; for the layers that
 *                                                         the page does not trace, and any other
 *   POST /api/runs/ID/stars                               StarChange → StarsView: marks a neuron, or takes its mark away
 *   GET  /api/panels/PACKAGE                              a plugin's own panel: a browser module, see `PanelModule`
 *
 * All of it is also found under /token/T, T being the server's token: a page in a frame of another site has no cookie.
 *
 * What is made from weights takes `?v=`, the `weightsVersion` it is to be made from; without it, the newest. The last few versions
 * are kept; an older one is refused with 409 and code `conflict`: ask for the run again.
 *
 * A browser opens at most six connections to one server, over all its tabs: where each tab keeps a stream of events of its own, the
 * seventh tab loads nothing. So the tabs share one stream, held by a SharedWorker. (Web Locks are missing where the page comes from
 * another machine over plain HTTP.)
 */
import type { AnalysisSummary } from '@xinc/core';
import type { JsonNumber } from '@xinc/core/formats';
import type { Activation, Region, Stage } from '@xinc/kernels';

/** The body of every answer whose status is not 2xx, in JSON. */
export interface ApiProblem {
  /** An `XincErrorCode`; `forbidden` for what is not the page's own request. */
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
    /** Address of the panel module that the plugin ships, relative to the page. */
    readonly panel?: string;
  }[];
  /** What the server asks for, to be part of links that are copied; absent where it asks for none. */
  readonly token?: string;
}

/** Something in a run's folder changed. */
export interface RunEvent {
  readonly run: string;
  /** `training`: new lines of the curve; `weights`: the network; `analyses`: results; `manifest`: run.json; `stars`: stars.json. */
  readonly changed: 'training' | 'weights' | 'analyses' | 'manifest' | 'stars';
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
    /** Of a published run: frames that are arrays of float32, since no PNG holds their values. */
    readonly arrayFrames?: readonly number[];
  };
  readonly model: {
    readonly name: string;
    readonly title: string;
    readonly parameters: number;
    /** Equal for runs whose models have the same settings, those of their training included. */
    readonly settings: string;
  };
  readonly seed: number;
  /** Grows when the weights change; part of the address of everything made from them (`?v=`). */
  readonly weightsVersion: number;
  /** Whether there are weights yet. */
  readonly ready: boolean;
  /** Whether a process writes to the run right now: it trains, analyses or labels it. */
  readonly atWork: boolean;
  readonly layers: readonly LayerView[];
  /**
   * Which outputs of these layers are read by which others, with no other weight between them, as the network's program tells; `null` where it
   * could not be followed.
   */
  readonly links: readonly LayerLink[] | null;
  /** Layers of the network that are not traced, each with the reason. */
  readonly untraced: readonly { readonly id: string; readonly why: string }[];
  /** How to run the network in the page; `null` if no engine at hand writes ONNX. */
  readonly network: NetworkView | null;
  /** PSNR of the finished network, dB; ∞ where nothing differs, NaN where the picture has NaN. Absent before it is finished. */
  readonly psnr?: JsonNumber;
  /** The same of each frame. */
  readonly framePsnr: readonly JsonNumber[];
  readonly training: {
    readonly step: number;
    /** Planned. */
    readonly steps: number;
    /** PSNR at which it ends before all steps are done, dB. */
    readonly untilPsnr?: number;
    /** Whether it goes on right now. */
    readonly live: boolean;
    readonly curve: readonly { readonly step: number; readonly psnr: JsonNumber; readonly seconds: number }[];
  } | null;
  /** Groupings with label maps in the run, what people call them (`grid:4x8`), and the frames that have one. */
  readonly groupings: readonly GroupingView[];
  readonly analyses: readonly AnalysisView[];
  readonly stars: StarsView;
}

/** A neuron that somebody marked, to come back to. */
export interface Star {
  /** Id of its layer. */
  readonly layer: string;
  readonly neuron: number;
  /** Up to 500 characters without line breaks; may be empty. */
  readonly note: string;
}

/** The stars of a run, in the order in which they were given. */
export interface StarsView {
  readonly list: readonly Star[];
  /** Another one for another network: what it was made of and when. */
  readonly network: string;
  /** Why a person's own are kept in the browser, in a sentence; absent where they are written into the run. */
  readonly readOnly?: string;
}

/** A star to be set, or with `null` for a note taken away. */
export interface StarChange {
  readonly layer: string;
  readonly neuron: number;
  readonly note: string | null;
}

interface GroupingView {
  readonly name: string;
  readonly title: string;
  /** Those that have a label map. */
  readonly frames: readonly number[];
  /** Whether groups of one name are other things on each frame, since they were found on each by itself. */
  readonly byFrame: boolean;
}

export interface LayerLink {
  /** Ids. */
  readonly from: string;
  readonly to: string;
  /** Pairs: output `outputs[i]` of `from` reaches the channel `inputs[i]` that `to` reads: its neuron, of a convolution its input. */
  readonly outputs: readonly number[];
  readonly inputs: readonly number[];
}

export interface LayerView {
  readonly id: string;
  readonly label: string;
  /** What follows it, and its way to the picture, in words. */
  readonly reading: string;
  readonly neurons: number;
  readonly kind: 'dense' | 'conv' | 'derived' | 'custom';
  /** Where contributions are computed: in the page, but for layers that only a plugin can trace or whose source is too large. */
  readonly traced: 'page' | 'server';
  /** Where neurons are kernels of a convolution: neuron = input · outputs + output. */
  readonly outputs?: number;
  /** The parameter whose slice is the neuron, for switching it off. */
  readonly weight?: string;
  /**
   * What the analysis `faithfulness` found: the mean over the neurons that it switched off of the rank correlation, over pixels, of
   * contribution and change of the picture, in [−1, 1]. Absent where the layer was not tested.
   */
  readonly faithfulness?: number;
}

/**
 * `network.onnx`: a graph without weights. Its inputs are the parameters (tensors of `weights.safetensors`) and the network's
 * inputs (tensors of `frames/T/inputs`), by name; those that do not matter to the output are not in the graph. Its output
 * is `output`.
 */
export interface NetworkView {
  /**
   * `frames`: a frame at a time, output [1, 3, H, W]. `pixels`: `pixelsAtOnce` pixels at a time, output [pixelsAtOnce, 3]. The inputs
   * named in `perPixel` are then cut into pieces of that many rows, the last one filled up; others go in as they are.
   */
  readonly sampling: 'pixels' | 'frames';
  readonly pixelsAtOnce?: number;
  readonly perPixel: readonly string[];
}

/** An analysis as stored in the run, with addresses of its files relative to `/api/runs/ID/files/`. */
export interface StoredAnalysis extends AnalysisSummary {
  /** Why it cannot be read; it then has nothing but its name. */
  readonly problem?: string;
}

export interface AnalysisView extends StoredAnalysis {
  /** Another one when the results were written again. */
  readonly version: string;
  /** Of a published run, whose pictures made of maps are not there for print: whether the numbers that these are made of are. */
  readonly published?: { readonly numbers: boolean };
}

export interface LabelView {
  /** Address of the .npy, uint16 [H, W], relative to the page. */
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

/** What the browser module of a plugin's panel exports. */
export interface PanelModule {
  /** The tab's title. */
  readonly title: string;
  /**
   * What survives a reload, as part of the page's address: texts by name, until the panel sets others. Names are of letters, digits,
   * `_` and `-`; texts are printable, of 1 to 200 characters.
   */
  readonly settings?: Readonly<Record<string, string>>;
  /** Draws into `root`; returns what takes it down again, or a promise of it. */
  mount(root: HTMLElement, host: PanelHost): (() => void) | Promise<() => void>;
}

/** What the page gives a plugin's panel. */
export interface PanelHost {
  /** Calls with what is on screen, now and whenever it changes; returns what stops it. */
  follow(listener: (scene: PanelScene) => void): () => void;
  /** Selects neurons of the layer on screen. */
  select(neurons: readonly number[]): void;
  /** Sets one of the settings that the module names. */
  set(name: string, text: string): void;
  /** A file of the run on screen: `analysis/NAME/frame-0000/layer1/sums.npy`. */
  file(path: string): Promise<ArrayBuffer>;
}

export interface PanelScene {
  readonly run: RunView | null;
  readonly frame: number;
  readonly layer: LayerView | null;
  readonly neurons: readonly number[];
  /** The module's settings: those that a person, or a link, has chosen. A link may hold any text of theirs. */
  readonly settings: Readonly<Record<string, string>>;
  readonly theme: 'light' | 'dark';
}
