import { formatDuration } from '@xinc/core/formats';
import { MeasuredRate } from '../measured-rate.js';

/** Seconds that are measured before a forecast. */
const MEASURED = 5;
/** Seconds below which nothing is said. */
const PATIENCE = 30;

/** How long tracing takes, by its first maps, for which all others are taken: said once, where it is long. */
export class TracingForecast {
  readonly #rate = new MeasuredRate();
  #said = false;

  /**
   * Told as maps are traced.
   * @param total maps of all passes, tiles and frames
   * @param at seconds since tracing began
   * @returns a sentence, the first time that enough was measured
   */
  text(done: number, total: number, at: number): string | undefined {
    if (this.#said) return undefined;
    const ofOne = this.#rate.secondsOfOne(done, at, (_, seconds) => seconds >= MEASURED);
    if (ofOne === undefined) return undefined;
    this.#said = true;
    const seconds = at + ofOne * (total - done);
    return seconds < PATIENCE ? undefined : `By its first maps, tracing takes about ${formatDuration(seconds)} in all.`;
  }
}
