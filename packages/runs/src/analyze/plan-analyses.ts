import { type AnalysisPlugin, XincError } from '@xinc/core';
import type { RegisteredPlugin, Registry } from '@xinc/core/node';
import { type FrameRange, formatFrameRange, resolveFrameRange } from '@xinc/signals';
import type { Run } from '../folder/run.js';
import { asked, parseConfig } from '../settings.js';
import { spreadFrames } from './frames-together.js';
import { type ChosenGrouping, chooseGroupings } from './groupings.js';

/** What is to be analysed. */
export interface AnalysisWishes {
  /** Names of analyses; all there are, unless given. */
  readonly analyses?: readonly string[];
  /** Groupings, each by its name and what it takes after a colon: `grid:4x8`; all there are, unless given. */
  readonly groupings?: readonly string[];
  /** Frames; a few spread over a video, unless given. */
  readonly frames?: FrameRange;
  /** Settings of that name, of every plugin that has some. */
  readonly preset?: string;
  /** Settings by analysis. */
  readonly settings?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** An analysis with its options settled. */
export interface ChosenAnalysis {
  readonly plugin: AnalysisPlugin;
  readonly options: Readonly<Record<string, unknown>>;
  /** Asked for by name, and not as one of all. */
  readonly named: boolean;
}

/** What is to be analysed, checked before anything is computed. */
export interface AnalysisPlan {
  readonly analyses: readonly ChosenAnalysis[];
  readonly groupings: readonly ChosenGrouping[];
  readonly frames: FrameRange | undefined;
}

/** Frames of a video analysed where none are named: enough to see change, few enough to wait for. */
export const DEFAULT_FRAMES = 4;

/**
 * Settles what is to be analysed and with which options.
 * @throws XincError `invalid-option` whose subject is the wish that cannot be, or the setting
 */
export function planAnalyses(registry: Registry, wishes: AnalysisWishes = {}): AnalysisPlan {
  const { analyses: names, preset, settings = {} } = wishes;
  const entries: RegisteredPlugin<'analysis'>[] = names
    ? names.map((name) => asked('analyses', () => registry.get('analysis', name)))
    : registry.all('analysis');
  for (const name of Object.keys(settings)) asked('settings', () => registry.get('analysis', name));
  const presets = [...registry.all('analysis'), ...registry.all('grouping')].flatMap(({ plugin }) =>
    Object.keys(plugin.presets ?? {}),
  );
  if (preset !== undefined && !presets.includes(preset)) {
    throw new XincError('invalid-option', `There is no preset '${preset}'`, {
      setting: 'preset',
      hint: `Known: ${[...new Set(presets)].sort().join(', ') || 'none'}.`,
    });
  }
  return {
    frames: wishes.frames,
    groupings: chooseGroupings(registry, wishes.groupings, preset),
    analyses: [...new Set(entries)].map(({ plugin }) => ({
      plugin,
      named: names !== undefined,
      options: parseConfig(
        plugin.options,
        { ...(preset !== undefined && plugin.presets?.[preset]), ...settings[plugin.name] },
        `analysis '${plugin.name}'`,
      ) as Record<string, unknown>,
    })),
  };
}

/**
 * The frames to analyse: those of a range, else a few spread over the signal.
 * @throws XincError `invalid-option` with the subject `frames`, for a range of a picture, or one that names no frame
 */
export function chooseFrames(run: Run, range: FrameRange | undefined): number[] {
  const { frames, kind } = run.manifest.signal;
  if (range === undefined) return spreadFrames(frames, DEFAULT_FRAMES);
  if (kind === 'image' && (range.stop ?? 0) > frames) {
    throw new XincError(
      'invalid-option',
      `\`frames: ${formatFrameRange(range)}\`: ${run.path} is of one picture, not of a video`,
      { setting: 'frames' },
    );
  }
  const { start, step, count } = resolveFrameRange(range, frames);
  if (count > 0) return Array.from({ length: count }, (_, i) => start + i * step).sort((a, b) => a - b);
  throw new XincError(
    'invalid-option',
    `\`frames: ${formatFrameRange(range)}\` names none of the ${frames} frames of ${run.path}`,
    { setting: 'frames' },
  );
}
