import { abortError } from '../access/request.js';
import { kernelTrace } from './kernel-trace.js';
import type { LayerTrace } from './layer-trace.js';
import type { LayerExtents } from './questions.js';
import { type LayerFile, Threads } from './threads.js';

/** Bytes of sources that stay open when nobody uses them, so that going back to a frame or layer is immediate. */
const KEPT_BYTES = 256 * 2 ** 20;

interface OpenLayer {
  readonly id: number;
  readonly extents: Promise<LayerExtents>;
  readonly controller: AbortController;
  bytes: number;
  users: number;
}

/** Layers open in the tracing threads, by the name of their source. */
export class TracePool {
  readonly #threads = new Threads();
  /** In the order of last use. */
  readonly #layers = new Map<string, OpenLayer>();
  #nextId = 0;

  async open(file: LayerFile, signal?: AbortSignal): Promise<LayerTrace> {
    if (signal?.aborted) throw abortError();
    const layer = this.#layers.get(file.name) ?? this.#load(file);
    this.#layers.delete(file.name);
    this.#layers.set(file.name, layer);
    layer.users++;
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      layer.users--;
      this.#closeUnused();
    };
    signal?.addEventListener('abort', release, { once: true });
    try {
      const extents = await layer.extents;
      if (signal?.aborted) throw abortError();
      signal?.removeEventListener('abort', release);
      return kernelTrace(this.#threads, layer.id, extents, release);
    } catch (error) {
      release();
      throw error;
    }
  }

  dispose(): void {
    this.#threads.dispose();
    this.#layers.clear();
  }

  #load(file: LayerFile): OpenLayer {
    const controller = new AbortController();
    const id = this.#nextId++;
    const extents = this.#threads.open(id, file, controller.signal).then(
      (extents) => {
        layer.bytes = extents.bytes;
        return extents;
      },
      (error) => {
        if (this.#layers.get(file.name) === layer) this.#layers.delete(file.name);
        throw error;
      },
    );
    const layer: OpenLayer = { id, extents, controller, bytes: 0, users: 0 };
    return layer;
  }

  #closeUnused(): void {
    let bytes = 0;
    for (const [name, layer] of [...this.#layers].reverse()) {
      bytes += layer.bytes;
      const loading = layer.bytes === 0;
      if (layer.users > 0 || (!loading && bytes <= KEPT_BYTES)) continue;
      this.#layers.delete(name);
      if (loading) layer.controller.abort();
      else this.#threads.close(layer.id);
    }
  }
}
