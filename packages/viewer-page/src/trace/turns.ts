import type { Urgency } from './questions.js';

/** A piece of work that stops at every `yield`, after a few milliseconds at most. */
export type Steps = Generator<void, void, void>;

/** How long a thread works before it looks for messages, milliseconds. */
const TURN = 6;

interface Work {
  readonly id: number;
  readonly urgency: Urgency;
  readonly steps: Steps;
}

/**
 * Takes turns between pieces of work in a thread: the most urgent goes first, the newest of those last, and messages are
 * received between turns.
 */
export class Turns {
  readonly #waiting: Work[] = [];
  readonly #channel = new MessageChannel();
  readonly #onFailure: (id: number, error: unknown) => void;
  #scheduled = false;

  constructor(onFailure: (id: number, error: unknown) => void) {
    this.#onFailure = onFailure;
    // A message to oneself lets the others through; a timer would wait four milliseconds.
    this.#channel.port1.onmessage = () => {
      this.#scheduled = false;
      this.#turn();
    };
  }

  add(work: Work): void {
    const later = this.#waiting.findIndex(({ urgency }) => urgency > work.urgency);
    this.#waiting.splice(later < 0 ? this.#waiting.length : later, 0, work);
    this.#schedule();
  }

  cancel(id: number): void {
    const at = this.#waiting.findIndex((work) => work.id === id);
    if (at >= 0) this.#waiting.splice(at, 1)[0].steps.return();
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0) return;
    this.#scheduled = true;
    this.#channel.port2.postMessage(null);
  }

  #turn(): void {
    const end = performance.now() + TURN;
    while (this.#waiting.length > 0 && performance.now() < end) {
      const [work] = this.#waiting;
      try {
        if (work.steps.next().done) this.#waiting.shift();
      } catch (error) {
        this.#waiting.shift();
        this.#onFailure(work.id, error);
      }
    }
    this.#schedule();
  }
}
