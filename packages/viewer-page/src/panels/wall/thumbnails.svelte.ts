import { SvelteMap } from 'svelte/reactivity';
import { isAbort } from '../../access/access-error.js';
import type { LayerTrace, Thumbnail } from '../../trace/layer-trace.js';

/** As many as are kept: some screens of them. */
const MOST = 4096;

/** Small maps of the neurons on screen, traced when they come into view. Follows what it is asked for. */
export class Thumbnails {
  /** By neuron; of the frame before until they are traced anew. */
  readonly maps = new SvelteMap<number, Thumbnail>();
  error = $state.raw<Error | undefined>(undefined);
  #trace: LayerTrace | undefined;
  #fresh = new Set<number>();

  /**
   * Traces those of `neurons` that are not there.
   * @param width of a thumbnail, in cells
   * @returns what stops it
   */
  show(trace: LayerTrace, neurons: readonly number[], width: number): () => void {
    if (this.#trace !== trace) {
      // A frame or a checkpoint later the maps look alike; those of another layer do not.
      if (this.#trace?.neurons !== trace.neurons) this.maps.clear();
      this.#trace = trace;
      this.#fresh = new Set();
    }
    const fresh = this.#fresh;
    const missing = neurons.filter((neuron) => !fresh.has(neuron));
    if (missing.length === 0) return () => {};
    this.error = undefined;
    const controller = new AbortController();
    const receive = (thumbnails: readonly Thumbnail[]) => {
      if (controller.signal.aborted) return;
      for (const thumbnail of thumbnails) {
        // Set anew, so that the map keeps the order of use.
        this.maps.delete(thumbnail.neuron);
        this.maps.set(thumbnail.neuron, thumbnail);
        fresh.add(thumbnail.neuron);
      }
      for (const neuron of this.maps.keys()) {
        if (this.maps.size <= MOST) break;
        this.maps.delete(neuron);
        fresh.delete(neuron);
      }
    };
    trace.thumbnails(missing, width, receive, controller.signal).catch((error: unknown) => {
      if (!isAbort(error)) this.error = error instanceof Error ? error : new Error(String(error));
    });
    return () => controller.abort();
  }

  /** Forgets everything: another run or layer is on screen. */
  clear(): void {
    this.maps.clear();
    this.#trace = undefined;
    this.#fresh = new Set();
  }
}
