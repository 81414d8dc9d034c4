import type { Access } from '../access/access.js';
import type { RunView, Star } from '../api.js';
import { formatStars, LONGEST_NOTE, MOST_STARS, parseStars, withStar } from './own-stars.js';

/** A star as it is shown. */
export interface ShownStar extends Star {
  /** Whether it can be changed here: those that somebody published cannot. */
  readonly own: boolean;
}

/** Neurons that were marked: in the run, and where that cannot be written, a person's own in the browser. */
export class Stars {
  readonly #access: Access;
  readonly #run: () => RunView | null;
  readonly #changed: (run: string) => void;
  #own = $state.raw<readonly Star[]>([]);
  /** Why the last change was not kept. */
  problem = $state<string | undefined>(undefined);
  readonly #key: string | null = $derived.by(() => {
    const run = this.#run();
    // Several sites may be at one host.
    return run?.stars.readOnly === undefined ? null : `xinc stars ${location.pathname} ${run.id}`;
  });
  readonly all: readonly ShownStar[] = $derived.by(() => {
    const written = this.#run()?.stars.list ?? [];
    const inBrowser = this.#key !== null;
    return [
      ...written.map((star) => ({ ...star, own: !inBrowser })),
      ...(inBrowser ? this.#own : []).map((star) => ({ ...star, own: true })),
    ];
  });

  /**
   * To be made while a component starts.
   * @param run followed
   * @param changed told of a run whose stars were changed
   */
  constructor(access: Access, run: () => RunView | null, changed: (run: string) => void) {
    this.#access = access;
    this.#run = run;
    this.#changed = changed;
    $effect(() => {
      const key = this.#key;
      this.problem = undefined;
      if (key === null) return undefined;
      this.#read(key);
      const follow = (event: StorageEvent) => {
        if (event.key === key) this.#read(key);
      };
      window.addEventListener('storage', follow);
      return () => window.removeEventListener('storage', follow);
    });
  }

  /** Why a person's own are kept in the browser; `undefined` where they are written into the run. */
  get readOnly(): string | undefined {
    return this.#run()?.stars.readOnly;
  }

  /** The stars of a neuron: one, or with a person's own beside it two. */
  of(layer: string, neuron: number): readonly ShownStar[] {
    return this.all.filter((star) => star.layer === layer && star.neuron === neuron);
  }

  /** A person's own star of a neuron. */
  own(layer: string, neuron: number): ShownStar | undefined {
    return this.of(layer, neuron).find(({ own }) => own);
  }

  /** @param note `null` takes the star away */
  async set(layer: string, neuron: number, note: string | null): Promise<void> {
    const run = this.#run();
    if (!run) return;
    this.problem = undefined;
    const plain =
      note
        ?.replace(/\p{Cc}+/gu, ' ')
        .trim()
        .slice(0, LONGEST_NOTE) ?? null;
    if (this.#key !== null) return this.#keep(this.#key, withStar(this.#own, layer, neuron, plain));
    try {
      await this.#access.changeStar(run, { layer, neuron, note: plain });
    } catch (error) {
      this.problem = `The star was not written: ${(error as Error).message}`;
    }
    this.#changed(run.id);
  }

  /** A person's own, as a run's stars.json holds them. */
  get json(): string {
    return formatStars(this.all.filter(({ own }) => own));
  }

  #keep(key: string, stars: readonly Star[]): void {
    if (stars.length > MOST_STARS) {
      this.problem = `The browser keeps ${MOST_STARS} stars of a run, and has them: take one away first.`;
      return;
    }
    this.#own = stars;
    try {
      localStorage.setItem(key, formatStars(stars));
    } catch {
      this.problem = 'The browser stores nothing for this page: the star is lost when the page is closed.';
    }
  }

  #read(key: string): void {
    try {
      this.#own = parseStars(localStorage.getItem(key) ?? '{}');
    } catch {
      this.#own = [];
    }
  }
}
