import type { Access } from '../../access/access.js';
import type { LayerView, RunView } from '../../api.js';
import type { LayerTrace } from '../../trace/layer-trace.js';

/** Opens a layer on a frame, as `openLayer` does. */
type Open = (run: RunView, frame: number, layer: LayerView, signal: AbortSignal) => Promise<LayerTrace>;

/**
 * What the next frames show, asked for before they are shown, so that playing does not wait for it: the pictures, which the access keeps,
 * and the layer, which is held open until its frame has passed. What fails here is asked for again, and told of, when it is shown.
 */
export class FramesAhead {
  readonly #access: Pick<Access, 'signal' | 'reconstruction'>;
  readonly #open: Open;
  readonly #held = new Map<string, AbortController>();

  constructor(access: Pick<Access, 'signal' | 'reconstruction'>, open: Open) {
    this.#access = access;
    this.#open = open;
  }

  /** Asks for these frames, and lets go of others. */
  keep(run: RunView, layer: LayerView | null, frames: readonly number[]): void {
    const wanted = new Map(
      frames.map((frame) => [JSON.stringify([run.id, run.weightsVersion, layer?.id, frame]), frame]),
    );
    for (const [key, controller] of this.#held) {
      if (wanted.has(key)) continue;
      controller.abort();
      this.#held.delete(key);
    }
    for (const [key, frame] of wanted) {
      if (this.#held.has(key)) continue;
      const controller = new AbortController();
      this.#held.set(key, controller);
      void this.#ask(run, layer, frame, controller.signal);
    }
  }

  /** Lets go of everything. */
  stop(): void {
    for (const controller of this.#held.values()) controller.abort();
    this.#held.clear();
  }

  async #ask(run: RunView, layer: LayerView | null, frame: number, signal: AbortSignal): Promise<void> {
    const pictures = [this.#access.signal(run, frame, signal), this.#access.reconstruction(run, frame, signal)];
    const opened = layer ? this.#open(run, frame, layer, signal) : undefined;
    await Promise.allSettled(pictures);
    const trace = await opened?.catch(() => undefined);
    if (signal.aborted) trace?.release();
    else signal.addEventListener('abort', () => trace?.release(), { once: true });
  }
}
