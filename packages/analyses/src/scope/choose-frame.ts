import { XincError } from '@xinc/core';

/**
 * The frame asked for, else the first that all runs have analysed.
 * @param analysed the frames analysed, ascending, of each run
 * @throws XincError `not-found`
 */
export function chooseFrame(wanted: number | undefined, analysed: readonly (readonly number[])[]): number {
  const shared = analysed[0].filter((frame) => analysed.every((frames) => frames.includes(frame)));
  const found = wanted === undefined ? shared[0] : shared.find((frame) => frame === wanted);
  if (found !== undefined) return found;
  throw new XincError(
    'not-found',
    wanted === undefined ? 'The runs have no analysed frame in common' : `Frame ${wanted} is not among those analysed`,
    { subject: 'frame', hint: 'Choose frames with `frames`.' },
  );
}
