/** How long one of many like things takes, by those that were done in this process; up to the first one, in which all is set up, nothing counts. */
export class MeasuredRate {
  #first: { readonly done: number; readonly at: number } | undefined;

  /**
   * Told as things are done.
   * @param at seconds since they were begun
   * @param enough whether so many, in so many seconds, tell what the others take
   * @returns seconds that one takes; `undefined` while too few were measured
   */
  secondsOfOne(done: number, at: number, enough: (count: number, seconds: number) => boolean): number | undefined {
    this.#first ??= { done, at };
    const count = done - this.#first.done;
    const seconds = at - this.#first.at;
    return count > 0 && enough(count, seconds) ? seconds / count : undefined;
  }
}
