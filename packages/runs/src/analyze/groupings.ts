import {
  type Frame,
  type GroupingPlugin,
  isXincError,
  type LabelMap,
  type Signal,
  type SignalShape,
  throwIfAborted,
  XincError,
} from '@xinc/core';
import type { RegisteredPlugin, Registry } from '@xinc/core/node';
import { RUN_FILES } from '../folder/files.js';
import type { Run } from '../folder/run.js';
import { ANNOTATION } from '../make/prepare-run.js';
import { asked, parseConfig } from '../settings.js';
import type { RunOmission } from '../stored/omissions.js';
import { storedGroupingNote, storedLabels, storeGroupingNote, storeLabels } from '../stored/stored-signal.js';
import type { Work } from '../work.js';

const GIVE_LABELS = 'Give `labels` when the run is made, or make it once more with them.';

/** A grouping with its options settled. */
export interface ChosenGrouping {
  readonly name: string;
  /** As it was asked for: `grid:4x8`. */
  readonly title: string;
  readonly plugin: GroupingPlugin;
  readonly options: Readonly<Record<string, unknown>>;
  /** Asked for by name, and not as one of all. */
  readonly named: boolean;
  /** Whether label maps that the run holds are its own still: those of a plugin that its author is at work on may not be. */
  readonly reused: boolean;
}

/**
 * Settles which groupings are made, and with which options.
 * @param names each with what it takes after a colon: `grid:4x8`; all there are, unless given
 * @throws XincError `invalid-option` with the subject `groupings`, or a setting's name
 */
export function chooseGroupings(registry: Registry, names?: readonly string[], preset?: string): ChosenGrouping[] {
  const chosen =
    names === undefined
      ? registry.all('grouping').map((entry) => ({ ...optionsOf(registry, entry, undefined, preset), named: false }))
      : names.map((part) => {
          const [name, ...form] = part.trim().split(':');
          const entry = asked('groupings', () => registry.get('grouping', name));
          return { ...optionsOf(registry, entry, form.length > 0 ? form.join(':') : undefined, preset), named: true };
        });
  const twice = chosen.find(({ name }, i) => chosen.findIndex((other) => other.name === name) !== i);
  if (!twice) return chosen;
  throw new XincError('invalid-option', `The grouping '${twice.name}' is named twice`, { setting: 'groupings' });
}

function optionsOf(
  registry: Registry,
  { plugin, origin }: RegisteredPlugin<'grouping'>,
  form: string | undefined,
  preset?: string,
): Omit<ChosenGrouping, 'named'> {
  if (form !== undefined && !plugin.parse) {
    throw new XincError('invalid-option', `The grouping '${plugin.name}' takes nothing after a colon`, {
      setting: 'groupings',
    });
  }
  const values = form === undefined ? {} : (plugin.parse!(form) as object);
  const options = parseConfig(
    plugin.options,
    { ...(preset !== undefined && plugin.presets?.[preset]), ...values },
    `grouping '${plugin.name}'`,
  ) as Record<string, unknown>;
  const title = form === undefined ? plugin.name : `${plugin.name}:${form}`;
  const reused = !registry.outside.some(({ path }) => path === origin.path);
  return { name: plugin.name, title, plugin, options, reused };
}

/**
 * Refuses, before anything is computed, groupings that were asked for by name and cannot be made.
 * @throws XincError `invalid-option`
 */
export function checkGroupings(groupings: readonly ChosenGrouping[], signal: SignalShape, labelled: boolean): void {
  for (const { name, plugin, options } of groupings.filter(({ named }) => named)) {
    if (plugin.needsAnnotation && !labelled) {
      throw new XincError('invalid-option', `\`groupings: ${name}\`: the signal has no labels`, {
        setting: 'groupings',
        hint: GIVE_LABELS,
      });
    }
    plugin.check?.(options, signal);
  }
}

/**
 * Label maps by grouping and frame, made or read back from the run; what could not be made is left out and told, unless it
 * was asked for by name.
 * @throws XincError `invalid-option`, `cancelled`, `io`, and what a grouping that was named throws
 */
export async function labelFrames(
  run: Run,
  signal: Signal,
  groupings: readonly ChosenGrouping[],
  frames: readonly number[],
  work: Work = {},
): Promise<{ labels: ReadonlyMap<string, ReadonlyMap<number, LabelMap>>; omissions: RunOmission[] }> {
  const { abort, onFailure, progress } = work;
  const labels = new Map<string, Map<number, LabelMap>>();
  const omissions: RunOmission[] = [];
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
      const label = await labeller(run, signal, grouping, frames);
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
  return { labels, omissions };
}

/**
 * Labels one frame after the other: with the maps that are stored, or new ones, which are stored. Groups that are found in the
 * pictures are found on all of `frames` together, and maps that were made of other frames are made again.
 */
async function labeller(
  run: Run,
  signal: Signal,
  grouping: ChosenGrouping,
  frames: readonly number[],
): Promise<(frame: number) => Promise<LabelMap>> {
  const { name, title, plugin, options, reused } = grouping;
  // An annotation may be replaced by a later command, so what follows from it is not kept.
  const cache = plugin.needsAnnotation
    ? undefined
    : [name, ...Object.values(options).map((value) => [value].flat().join('_'))].join('-');
  const kept = cache && cache !== ANNOTATION && /^[\w.-]{1,80}$/.test(cache) ? cache : undefined;
  const together = plugin.fit && frames.length > 1 ? [...frames].sort((a, b) => a - b) : undefined;
  const note = kept === undefined ? undefined : await storedGroupingNote(run, kept);
  if (kept) {
    const others = plugin.fit !== undefined && note?.frames?.join() !== together?.join();
    if (others) await run.remove(RUN_FILES.labelsOf(kept));
    if (!note || others) await storeGroupingNote(run, kept, { title, ...(together && { frames: together }) });
  }
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
