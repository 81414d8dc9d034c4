/** How fast the frames that were taken of a clip follow one another. */
export interface Timing {
  /** Frames per second; the mean, where the distances vary. */
  readonly frameRate: number | undefined;
  /** Whether the distances vary: shortest and longest, in seconds. */
  readonly varies?: { readonly shortest: number; readonly longest: number };
}

/**
 * The frame rate of frames shown at `times` (seconds): the nominal one if they keep to it, else the mean. A beat is kept
 * while no frame is off it by more than a tick of the clip's clock (in which times are rounded) or a tenth of a beat.
 * @param nominal The file's own frame rate divided by the step, for a lone frame and for clips without times.
 */
export function timing(times: readonly number[], tick: number, nominal: number | undefined): Timing {
  const last = times.length - 1;
  const span = times[last] - times[0];
  if (last < 1 || times.some(Number.isNaN) || span <= 0) return { frameRate: nominal };
  const keeps = (beat: number) => {
    const tolerance = Math.max(1.01 * tick, 0.1 * beat);
    return times.every((time, i) => Math.abs(time - times[0] - i * beat) <= tolerance);
  };
  if (nominal !== undefined && keeps(1 / nominal)) return { frameRate: nominal };
  const mean = span / last;
  if (keeps(mean)) return { frameRate: 1 / mean };
  const distances = times.slice(1).map((time, i) => time - times[i]);
  return { frameRate: 1 / mean, varies: { shortest: Math.min(...distances), longest: Math.max(...distances) } };
}
