import type { Registry } from '@xinc/core/node';
import { type AnalysisPlan, planAnalyses, type Run } from '@xinc/runs';
import { parseFrameRange } from '@xinc/signals';
import type { CommandContext } from '../context.js';
import type { DecodedSettings } from '../decode-settings.js';

/** Options of the commands that analyse. */
export interface AnalysisOptions {
  readonly groupings?: string;
  readonly frames?: string;
  readonly preset?: string;
}

/**
 * What the options say is to be analysed.
 * @param names of analyses; all there are, if empty
 * @throws XincError `invalid-option`
 */
export function planWith(
  registry: Registry,
  { groupings, frames, preset }: AnalysisOptions,
  { analyses: settings }: DecodedSettings,
  names: readonly string[] = [],
): AnalysisPlan {
  return planAnalyses(registry, {
    settings,
    ...(names.length > 0 && { analyses: names }),
    ...(groupings !== undefined && { groupings: groupings.split(',') }),
    ...(frames !== undefined && { frames: parseFrameRange(frames) }),
    ...(preset !== undefined && { preset }),
  });
}

/** A range may end after the video does, as Python's slices may; then it is said. */
export function tellOfShortRange(run: Run, text: string | undefined, { display }: CommandContext): void {
  const { stop = 0 } = text === undefined ? {} : parseFrameRange(text);
  const { frames } = run.manifest.signal;
  if (stop > frames) display.line(`  --frames ${text} ends after the video, whose frames are 0 to ${frames - 1}`);
}
