import { parseAddress } from './address.js';
import type { Settings } from './settings.svelte.js';
import { VIEW } from './view.js';

/** Milliseconds after the last change of the view before the address is written. */
const DELAY = 200;

/** What a person selects: where one of these changes, the browser goes back to the selection before. */
const SELECTED = [VIEW.run, VIEW.layer, VIEW.neurons, VIEW.region, VIEW.only, VIEW.onlyLeast];
/** What comes back with a selection; how things look, and the panel that is open, stay. */
const RESTORED = [...SELECTED, VIEW.frame, VIEW.pixel, VIEW.neuron];

const keysOf = (settings: readonly { readonly key: string }[]): ReadonlySet<string> =>
  new Set(settings.map(({ key }) => key));
const SELECTED_KEYS = keysOf(SELECTED);
const RESTORED_KEYS = keysOf(RESTORED);

/** What is selected, of an address. */
function selectionIn(fragment: string): string {
  const texts = parseAddress(fragment);
  return JSON.stringify([...SELECTED_KEYS].map((key) => texts.get(key) ?? null));
}

/**
 * The view is written to the page's address, and read from it when a person changes it or goes back. A selection is a step of the browser's
 * history; whatever else changes, and all that happens while a pointer is held, goes into the step that is there.
 */
export class AddressSteps {
  readonly #settings: Settings;
  readonly #steps: boolean;
  /** The number of the step that is on screen, and of the last that is known. */
  #at = $state(0);
  #last = $state(0);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #held = false;
  #chosen = false;
  /** What was selected when the address was last read or written. */
  #selection: string;

  /**
   * To be made while a component starts.
   * @param steps whether selections are steps: a page in a frame leaves the history to the page around it
   * @param onRun called before another run is read from a step: what was switched off is of the run before
   */
  constructor(settings: Settings, steps: boolean, onRun: () => void) {
    this.#settings = settings;
    this.#steps = steps;
    this.#selection = selectionIn(settings.write());
    const number = numberOf(history.state);
    this.#at = this.#last = number ?? 0;
    if (number === undefined) history.replaceState(stateOf(0), '');
    $effect(() => {
      const fragment = this.#settings.write();
      this.#timer = setTimeout(() => this.#write(fragment), DELAY);
      return () => clearTimeout(this.#timer);
    });
    const changed = () => {
      const { hash } = location;
      const at = numberOf(history.state);
      if (at === undefined) {
        // A person wrote another address, or followed a link.
        this.#settings.read(hash);
        this.#selection = selectionIn(this.#settings.write());
        this.#at = this.#last = this.#at + 1;
        history.replaceState(stateOf(this.#at), '');
        return;
      }
      this.#at = at;
      this.#last = Math.max(this.#last, at);
      const runOf = (fragment: string) => parseAddress(fragment).get(VIEW.run.key);
      if (runOf(hash) !== runOf(this.#settings.write())) onRun();
      this.#settings.read(hash, RESTORED_KEYS);
      this.#selection = selectionIn(this.#settings.write());
    };
    const follow = ({ buttons }: PointerEvent) => {
      this.#held = buttons !== 0;
    };
    const release = () => {
      this.#held = false;
    };
    const listeners = {
      hashchange: changed,
      pointerdown: follow,
      pointermove: follow,
      pointerup: follow,
      pointercancel: release,
    };
    $effect(() => {
      for (const [name, listener] of Object.entries(listeners))
        window.addEventListener(name, listener as EventListener, true);
      return () => {
        for (const [name, listener] of Object.entries(listeners))
          window.removeEventListener(name, listener as EventListener, true);
      };
    });
  }

  /** What is chosen now is a step of its own, though it is not among what is selected: a neuron to look at. */
  choose(): void {
    this.#chosen = true;
  }

  get canGoBack(): boolean {
    return this.#steps && this.#at > 0;
  }

  get canGoForward(): boolean {
    return this.#at < this.#last;
  }

  /** To the selection before; the same as the browser's way back. */
  back(): void {
    this.#flush();
    if (this.canGoBack) history.back();
  }

  /** To the selection that was left by going back. */
  forward(): void {
    this.#flush();
    if (this.canGoForward) history.forward();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#put(this.#settings.write());
  }

  /** What is dragged is written when it is let go. */
  #write(fragment: string): void {
    if (this.#held) this.#timer = setTimeout(() => this.#write(fragment), DELAY);
    else this.#put(fragment);
  }

  #put(fragment: string): void {
    const address = `#${fragment}`;
    const selection = selectionIn(fragment);
    const isStep = this.#steps && (this.#chosen || selection !== this.#selection);
    this.#chosen = false;
    this.#selection = selection;
    if (address === (location.hash || '#')) return;
    const url = fragment === '' ? location.pathname + location.search : address;
    if (isStep) this.#last = ++this.#at;
    history[isStep ? 'pushState' : 'replaceState'](stateOf(this.#at), '', url);
  }
}

const stateOf = (step: number) => ({ xincStep: step });

function numberOf(state: unknown): number | undefined {
  const step = (state as { xincStep?: unknown } | null)?.xincStep;
  return typeof step === 'number' ? step : undefined;
}
