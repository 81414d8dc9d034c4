import { type Frame, isXincError, type LabelMap, type Signal, throwIfAborted } from '@xinc/core';
import { labelledFrame, RUN_FILES } from '../folder/files.js';
import type { Run } from '../folder/run.js';
import { ANNOTATION } from '../make/prepare-run.js';
import { keepOmissions, type RunOmission } from '../stored/omissions.js';
import { storedGroupingNote, storedLabels, storeGroupingNote, storeLabels } from '../stored/stored-signal.js';
import type { Work } from '../work.js';
import { framesTogether } from './frames-together.js';
import { type ChosenGrouping, checkGroupings, GIVE_LABELS } from './groupings.js';
import { resultsOfGroups } from './results-of-groups.js';

/** What came of labelling frames. */
export interface Labelled {
  /** By grouping and frame. */
  readonly labels: ReadonlyMap<string, ReadonlyMap<number, LabelMap>>;
  /** Groupings that could not be made. */
  readonly omissions: readonly RunOmission[];
  /** Results that are left out from now on until they are made again, since they stand on label maps that were replaced. */
  readonly outdated: readonly RunOmission[];
}

/**
 * Label maps of some frames, made or read back from the run; what could not be made is left out and told, unless it was asked
 * for by name.
 * @throws XincError `invalid-option`, `cancelled`, `io`, and what a grouping that was named throws
 */
export async function labelFrames(
  run: Run,
  signal: Signal,
  groupings: readonly ChosenGrouping[],
  frames: readonly number[],
  work: Work = {},
): Promise<Labelled> {
  const { abort, onFailure, progress } = work;
  const labels = new Map<string, Map<number, LabelMap>>();
  const omissions: RunOmission[] = [];
  /** By analysis: one reason for each. */
  const outdated = new Map<string, RunOmission>();
  progress?.begin('Grouping pixels', 'frames');
  const total = groupings.length * frames.length;
  let done = 0;
  for (const grouping of groupings) {
    const perFrame = new Map<number, LabelMap>();
    try {
      if (grouping.plugin.needsAnnotation && !run.manifest.signal.labelled) {
        checkGroupings([grouping], signal.shape, false);
        omissions.push({
          what: `Grouping '${grouping.name}'`,
          why: `the signal has no labels. ${GIVE_LABELS}`,
        });
        continue;
      }
      throwIfAborted(abort);
      const together = grouping.plugin.fit && framesTogether(signal.shape);
      const kept = keptAs(grouping);
      if (kept)
        for (const result of await renewFolder(run, grouping, kept, together)) outdated.set(result.analysis!, result);
      const label = labeller(run, signal, grouping, kept, together);
      for (const frame of frames) {
        throwIfAborted(abort);
        perFrame.set(frame, await label(frame));
        progress?.update({ done: ++done, total, note: grouping.name });
      }
      labels.set(grouping.name, perFrame);
    } catch (error) {
      if (grouping.named || !isXincError(error) || error.code === 'cancelled' || error.code === 'io') throw error;
      omissions.push({ what: `Grouping '${grouping.name}'`, code: error.code, why: error.message });
      onFailure?.(error);
    }
  }
  progress?.end(`Groupings: ${[...labels.keys()].join(', ') || 'none'}`, labels.size > 0 ? 'done' : 'left-out');
  // One reason is told once.
  for (const why of new Set(omissions.map((omission) => omission.why))) {
    const all = omissions.filter((omission) => omission.why === why).map(({ what }) => what);
    progress?.line(`  left out: ${all.join(', ')}: ${why}`);
  }
  return { labels, omissions, outdated: [...outdated.values()] };
}

/** The folder that a grouping's label maps are kept in; none for what may be others the next time. */
function keptAs({ name, plugin, options }: ChosenGrouping): string | undefined {
  // An annotation may be replaced by a later command, so what follows from it is not kept.
  if (plugin.needsAnnotation) return undefined;
  const folder = [name, ...Object.values(options).map((value) => [value].flat().join('_'))].join('-');
  return folder !== ANNOTATION && /^[\w.-]{1,80}$/.test(folder) ? folder : undefined;
}

/**
 * Readies the folder of a grouping: maps whose groups were found on other frames than `together` are removed, and what they are
 * found on is noted.
 * @returns results that stand on maps that were removed
 */
async function renewFolder(
  run: Run,
  { name, title, plugin }: ChosenGrouping,
  kept: string,
  together: readonly number[] | undefined,
): Promise<readonly RunOmission[]> {
  const note = await storedGroupingNote(run, kept);
  const others = plugin.fit !== undefined && note?.foundOn?.join() !== together?.join();
  if (note && !others) return [];
  const maps = others ? await run.folder.list(RUN_FILES.labelsOf(kept), 'files') : [];
  const outdated = maps.some((file) => labelledFrame(file) !== undefined) ? await resultsOfGroups(run, name) : [];
  // First: whatever happens now, no result is shown beside maps that it does not stand on.
  if (outdated.length > 0) await keepOmissions(run, outdated);
  if (others) await run.remove(RUN_FILES.labelsOf(kept));
  await storeGroupingNote(run, kept, { title, ...(together && { foundOn: together }) });
  return outdated;
}

/**
 * Labels one frame after the other: with the maps that are kept, or new ones, which are kept.
 * @param kept their folder, if they are
 * @param together the frames that groups are found on; none where each frame's are its own
 */
function labeller(
  run: Run,
  signal: Signal,
  { plugin, options, reused }: ChosenGrouping,
  kept: string | undefined,
  together: readonly number[] | undefined,
): (frame: number) => Promise<LabelMap> {
  let fitted: Promise<(frame: Frame) => LabelMap | Promise<LabelMap>> | undefined;
  const labelNew = async (picture: Frame, frame: number): Promise<LabelMap> => {
    if (together) {
      fitted ??= plugin.fit!(
        together.map((other) => () => signal.frame(other)),
        options,
      );
      return (await fitted)(picture);
    }
    const annotation = await storedLabels(run, ANNOTATION, frame);
    return plugin.label(picture, options, {
      frame,
      signal: signal.shape,
      seed: run.manifest.seed,
      ...(annotation && { annotation }),
    });
  };
  return async (frame) => {
    const present = reused && kept && (await storedLabels(run, kept, frame));
    if (present) return present;
    const map = await labelNew(await signal.frame(frame), frame);
    if (kept) await storeLabels(run, kept, frame, map);
    return map;
  };
}
