import { XincError } from '@xinc/core';
import { ByteCache } from './byte-cache.js';

/**
 * Answers that take computing. Each is made once while it is asked for, however many ask; the last ones are kept, up to a
 * number of bytes. They are made one after the other, since each may take all processors and much memory; what nobody waits
 * for any more when its turn comes is not made.
 */
export class KeptAnswers {
  readonly #kept: ByteCache<Uint8Array>;
  readonly #underWay = new Map<string, { waiting: number; readonly answer: Promise<Uint8Array> }>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(capacity: number) {
    this.#kept = new ByteCache(capacity, ({ byteLength }) => byteLength);
  }

  /**
   * @param key names the answer and all it depends on
   * @throws XincError `cancelled` once `abort` fires
   */
  async get(key: string, make: () => Promise<Uint8Array>, abort: AbortSignal): Promise<Uint8Array> {
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const request = this.#underWay.get(key) ?? this.#begin(key, make);
    request.waiting++;
    return new Promise((resolve, reject) => {
      const leave = () => {
        request.waiting--;
        reject(new XincError('cancelled', 'Nobody waits for this any more'));
      };
      if (abort.aborted) {
        leave();
        return;
      }
      abort.addEventListener('abort', leave, { once: true });
      request.answer.then(resolve, reject).finally(() => abort.removeEventListener('abort', leave));
    });
  }

  /** Runs something that computes in its turn, without keeping what it gives. */
  async inTurn<T>(make: () => Promise<T>, abort: AbortSignal): Promise<T> {
    const result = this.#turn.then(() => {
      if (abort.aborted) throw new XincError('cancelled', 'Nobody waits for this any more');
      return make();
    });
    this.#turn = result.catch(() => {});
    return result;
  }

  #begin(key: string, make: () => Promise<Uint8Array>) {
    const answer = this.#turn
      .then(() => {
        if (request.waiting === 0) throw new XincError('cancelled', 'Nobody waits for this any more');
        return make();
      })
      .then((bytes) => {
        this.#kept.set(key, bytes);
        return bytes;
      })
      .finally(() => this.#underWay.delete(key));
    const request = { waiting: 0, answer };
    this.#underWay.set(key, request);
    this.#turn = answer.catch(() => {});
    return request;
  }
}
