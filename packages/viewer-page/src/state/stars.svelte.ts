import { LONGEST_NOTE, MOST_STARS } from '@xinc/core/formats';
import type { Access } from '../access/access.js';
import type { RunView, Star, StarsView } from '../api.js';
import { formatStars, parseStars, withStar } from './own-stars.js';

/** A star as it is shown. */
export interface ShownStar extends Star {
  /** Whether it can be changed here: those that somebody published cannot. */
  readonly own: boolean;
}

/** Neurons that were marked: in the run, and where that cannot be written, a person's own in the browser. */
export class Stars {
  readonly #access: Access;
  readonly #run: () => RunView | null;
  /** What the server answered to the last change of a run, which it will tell of anew. */
  #answer = $state.raw<{ readonly run: RunView; readonly stars: StarsView } | undefined>(undefined);
  readonly #view: StarsView | undefined = $derived.by(() => {
    const run = this.#run();
    return this.#answer && this.#answer.run === run ? this.#answer.stars : run?.stars;
  });
  #own = $state.raw<readonly Star[]>([]);
  /** Why the last change was not kept. */
  problem = $state<string | undefined>(undefined);
  /** Several sites may be at one host, and another network at the same place later. */
  readonly #key: string | null = $derived.by(() => {
    const run = this.#run();
    const stars = this.#view;
    return !run || stars?.readOnly === undefined ? null : `xinc stars ${location.pathname} ${run.id} ${stars.network}`;
  });
  readonly all: readonly ShownStar[] = $derived.by(() => {
    const written = this.#view?.list ?? [];
    const inBrowser = this.#key !== null;
    return [
      ...written.map((star) => ({ ...star, own: !inBrowser })),
      ...(inBrowser ? this.#own : []).map((star) => ({ ...star, own: true })),
    ];
  });

  /**
   * To be made while a component starts.
   * @param run followed
   */
  constructor(access: Access, run: () => RunView | null) {
    this.#access = access;
    this.#run = run;
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
    return this.#view?.readOnly;
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
      const stars = await this.#access.changeStar(run, { layer, neuron, note: plain });
      this.#answer = { run, stars };
    } catch (error) {
      if (this.#run()?.id === run.id) this.problem = `The star was not written: ${(error as Error).message}`;
    }
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
