import { XincError } from '@xinc/core';
import type { Registry, Run } from '@xinc/core/node';
import { type AnalysisPlan, planAnalyses } from '@xinc/runs';
import { parseFrameRange } from '@xinc/signals';
import type { CommandContext } from '../context.js';
import { looseValue, parsePairs } from '../settings.js';

/** Options of the commands that analyse. */
export interface AnalysisOptions {
  readonly groupings?: string;
  readonly frames?: string;
  readonly preset?: string;
  readonly set?: readonly string[];
}

/**
 * What the options say is to be analysed.
 * @param names of analyses; all there are, if empty
 * @throws XincError `invalid-option`
 */
export function planWith(
  registry: Registry,
  { groupings, frames, preset, set }: AnalysisOptions,
  names: readonly string[] = [],
): AnalysisPlan {
  return planAnalyses(registry, {
    settings: analysisSettings(set),
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

/** `--set canvas.maps=12` → settings by analysis. */
function analysisSettings(pairs: readonly string[] | undefined): Record<string, Record<string, unknown>> {
  const settings: Record<string, Record<string, unknown>> = {};
  for (const [key, value] of Object.entries(parsePairs(pairs))) {
    const at = key.indexOf('.');
    if (at < 1) {
      throw new XincError('invalid-option', `--set ${key}: an analysis has to be named`, {
        subject: '--set',
        hint: 'Write --set ANALYSIS.key=value.',
      });
    }
    settings[key.slice(0, at)] = { ...settings[key.slice(0, at)], [key.slice(at + 1)]: looseValue(value) };
  }
  return settings;
}
