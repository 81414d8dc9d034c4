import { formatMasks, type KeptMask, keep, parseMasks } from './kept-masks.js';

/** The masks that a person keeps of a run, in the browser's storage: other tabs see them as well. */
export class StoredMasks {
  #masks = $state.raw<readonly KeptMask[]>([]);
  /** Why they are not stored; they then last as long as the page. */
  problem = $state<string | undefined>(undefined);
  /** What a person should know of how the last one was kept. */
  note = $state<string | undefined>(undefined);
  readonly #key: string | null = $derived.by(() => {
    const run = this.#run();
    return run === null ? null : `xinc masks ${run}`;
  });
  readonly #run: () => string | null;

  /** @param run id of the run; followed. To be made while a component starts. */
  constructor(run: () => string | null) {
    this.#run = run;
    $effect(() => {
      const key = this.#key;
      if (key === null) return undefined;
      this.note = undefined;
      this.#read(key);
      const changed = (event: StorageEvent) => {
        if (event.key === key) this.#read(key);
      };
      window.addEventListener('storage', changed);
      return () => window.removeEventListener('storage', changed);
    });
  }

  get all(): readonly KeptMask[] {
    return this.#masks;
  }

  keep(mask: KeptMask): void {
    const { masks, note } = keep(this.#masks, mask);
    this.note = note;
    this.#write(masks);
  }

  remove(name: string): void {
    this.note = undefined;
    this.#write(this.#masks.filter((mask) => mask.name !== name));
  }

  #read(key: string): void {
    try {
      this.#masks = parseMasks(localStorage.getItem(key) ?? '[]');
    } catch {
      this.#masks = [];
    }
  }

  #write(masks: readonly KeptMask[]): void {
    this.#masks = masks;
    this.problem = undefined;
    if (this.#key === null) return;
    try {
      localStorage.setItem(this.#key, formatMasks(masks));
    } catch {
      this.problem = 'The browser stores nothing for this page: what is kept is lost when the page is closed.';
    }
  }
}
