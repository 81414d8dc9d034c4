import type { RunEvent } from '../api.js';

/** What followers of the stream are told. */
export type StreamNews =
  | { readonly kind: 'event'; readonly event: RunEvent }
  /** The stream is open: for the first time, or again after a break in which events may have been missed. */
  | { readonly kind: 'connected' }
  | { readonly kind: 'lost' };

/** What is used of an `EventSource`. */
export type EventStream = Pick<EventSource, 'onmessage' | 'onopen' | 'onerror' | 'readyState' | 'close'>;

/** Milliseconds before a stream that the browser has given up is opened anew. */
const PATIENCE = 3000;
/** `EventSource.CLOSED`: the browser does not try again by itself. */
const CLOSED = 2;

/** One stream of events for many followers, open while there is one. */
export class EventHub {
  readonly #open: () => EventStream;
  readonly #followers = new Set<(news: StreamNews) => void>();
  /** The runs that the server has told of. */
  readonly #runs = new Set<string>();
  #stream: EventStream | undefined;
  #state: StreamNews | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param open connects to the server */
  constructor(open: () => EventStream) {
    this.#open = open;
  }

  /** @returns what stops it */
  follow(follower: (news: StreamNews) => void): () => void {
    this.#followers.add(follower);
    if (this.#followers.size === 1) this.#connect();
    else if (this.#state) {
      follower(this.#state);
      // A run may have changed after the follower asked for it and before now; the server says so to streams that begin.
      if (this.#state.kind === 'connected') {
        for (const run of this.#runs) follower({ kind: 'event', event: { run, changed: 'manifest' } });
      }
    }
    return () => {
      if (this.#followers.delete(follower) && this.#followers.size === 0) this.#disconnect();
    };
  }

  #connect(): void {
    const stream = this.#open();
    this.#stream = stream;
    stream.onopen = () => this.#change({ kind: 'connected' });
    stream.onmessage = ({ data }) => {
      const event = JSON.parse(data) as RunEvent;
      this.#runs.add(event.run);
      this.#tell({ kind: 'event', event });
    };
    stream.onerror = () => {
      this.#change({ kind: 'lost' });
      if (stream.readyState !== CLOSED) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#connect(), PATIENCE);
    };
  }

  #disconnect(): void {
    clearTimeout(this.#timer);
    this.#stream?.close();
    this.#stream = undefined;
    this.#state = undefined;
    this.#runs.clear();
  }

  #change(news: StreamNews): void {
    this.#state = news;
    this.#tell(news);
  }

  #tell(news: StreamNews): void {
    for (const follower of [...this.#followers]) follower(news);
  }
}
