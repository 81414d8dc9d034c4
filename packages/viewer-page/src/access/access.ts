import type { NpyArray } from '@xinc/core/formats';
import type { Region } from '@xinc/kernels';
import type { LabelView, RunEvent, RunView, Session, StarChange, StarsView } from '../api.js';
import type { RuntimeBinary } from './runtime-binary.js';
import type { TensorFile } from './tensors.js';

/** A frame's values, [H, W, 3], not clamped. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly rgb: Float32Array;
}

/** A grouping of a frame's pixels. */
export interface Labels {
  readonly height: number;
  readonly width: number;
  /** [H · W] */
  readonly labels: Uint16Array;
  readonly groups: LabelView['groups'];
}

/** The network in two graphs: what does not depend on some weights, and the rest. */
export interface GraphHalves {
  readonly before: Uint8Array;
  /** Reads the outputs of `before`, by name. */
  readonly after: Uint8Array;
}

/**
 * Everything that the page knows of runs. Where it comes from is decided once, when the page starts: the page's own server
 * (`ServerAccess`), or the files of a published site (`SiteAccess`). What is made from weights is that of the run's `weightsVersion`. All of it throws AccessError, and DOMException
 * `AbortError` when aborted.
 */
export interface Access {
  session(signal?: AbortSignal): Promise<Session>;
  run(id: string, signal?: AbortSignal): Promise<RunView>;
  signal(run: RunView, frame: number, signal?: AbortSignal): Promise<Picture>;
  reconstruction(run: RunView, frame: number, signal?: AbortSignal): Promise<Picture>;
  labels(run: RunView, frame: number, grouping: string, signal?: AbortSignal): Promise<Labels>;
  /** A layer's source as safetensors, see `LayerSourceMetadata`. The bytes are the caller's, who may hand them over. */
  layerSource(run: RunView, frame: number, layer: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** Maps of a layer whose source the page is not given, [n, height, width] of the region. */
  maps(
    run: RunView,
    frame: number,
    layer: string,
    neurons: readonly number[],
    region?: Region,
    signal?: AbortSignal,
  ): Promise<Float32Array>;
  /** The network as ONNX: inputs and weights are inputs of the graph. */
  network(run: RunView, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * The network cut where these weights begin to matter, or before.
   * @param changing names of weights
   * @returns `null` where nothing can be cut off
   */
  networkHalves(run: RunView, changing: readonly string[]): Promise<GraphHalves | null>;
  /** The network's inputs for a frame. */
  inputs(run: RunView, frame: number, signal?: AbortSignal): Promise<TensorFile>;
  weights(run: RunView, signal?: AbortSignal): Promise<TensorFile>;
  /** A file of the run as it is: `analysis/…`. */
  file(run: RunView, path: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** A Vega-Lite specification, or any JSON file of the run. */
  json<T>(run: RunView, path: string, signal?: AbortSignal): Promise<T>;
  /** An array of an analysis. */
  array(run: RunView, path: string, signal?: AbortSignal): Promise<NpyArray>;
  /** Marks a neuron in the run, or takes its mark away; for runs whose stars are not read-only. */
  changeStar(run: RunView, change: StarChange): Promise<StarsView>;
  /** Address of a table or a PNG for `src` and `href`. */
  fileAddress(run: RunView, path: string): string;
  runtimeBinary(): RuntimeBinary;
  /**
   * What happens to the runs. After a break, `onConnected` says that events may have been missed.
   * @returns what stops it
   */
  events(onEvent: (event: RunEvent) => void, onConnected: () => void, onLost: () => void): () => void;
  /** Why events do not come: whether nothing answers, or something that does not know the page. */
  absence(): Promise<'silent' | 'restarted'>;
}
