import {
  checkLabelMap,
  type Frame,
  type GroupingPlugin,
  isXincError,
  type LabelMap,
  type RegisteredPlugin,
  type Registry,
  type Signal,
  type SignalShape,
  throwIfAborted,
  XincError,
} from '@xinc/core';
import type { Run } from '@xinc/core/node';
import type { CommandContext } from '../context.js';
import { named, parseConfig } from '../settings.js';
import { ANNOTATION } from './prepare-run.js';
import { storedGroupingNote, storedLabels, storeGroupingNote, storeLabels } from './stored-signal.js';

const LABELS_HINT = 'Give them with --labels when the run is made, or by repeating that command with it.';

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

/** What was left out of all analyses of a run, and why; the report says so. */
export interface RunOmission {
  /** For people: an analysis by its title. */
  readonly what: string;
  /** The id of the layer, where it is one. */
  readonly layer?: string;
  /** The name of the analysis, where it is one. */
  readonly analysis?: string;
  readonly why: string;
}

/**
 * The groupings of `--groupings rgb:32,grid:4x8`, or all there are.
 * @throws XincError `not-found`, `invalid-option`
 */
export function chooseGroupings(registry: Registry, text: string | undefined, preset?: string): ChosenGrouping[] {
  const chosen =
    text === undefined
      ? registry.all('grouping').map((entry) => ({ ...optionsOf(registry, entry, undefined, preset), named: false }))
      : text.split(',').map((part) => {
          const [name, ...form] = part.trim().split(':');
          const options = optionsOf(
            registry,
            named('--groupings', () => registry.get('grouping', name)),
            form.length > 0 ? form.join(':') : undefined,
            preset,
          );
          return { ...options, named: true };
        });
  const twice = chosen.find(({ name }, i) => chosen.findIndex((other) => other.name === name) !== i);
  if (!twice) return chosen;
  throw new XincError('invalid-option', `--groupings names '${twice.name}' twice`, { subject: '--groupings' });
}

function optionsOf(
  registry: Registry,
  { plugin, origin }: RegisteredPlugin<'grouping'>,
  form: string | undefined,
  preset?: string,
): Omit<ChosenGrouping, 'named'> {
  if (form !== undefined && !plugin.parse) {
    throw new XincError('invalid-option', `The grouping '${plugin.name}' takes nothing after a colon`, {
      subject: '--groupings',
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
      throw new XincError('invalid-option', `--groupings ${name}: the signal has no labels`, {
        subject: '--groupings',
        hint: LABELS_HINT,
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
  context: CommandContext,
): Promise<{ labels: ReadonlyMap<string, ReadonlyMap<number, LabelMap>>; omissions: RunOmission[] }> {
  const { display, abort } = context;
  const labels = new Map<string, Map<number, LabelMap>>();
  const omissions: RunOmission[] = [];
  display.begin('Grouping pixels', 'frames');
  const total = groupings.length * frames.length;
  let done = 0;
  for (const grouping of groupings) {
    const perFrame = new Map<number, LabelMap>();
    try {
      if (grouping.plugin.needsAnnotation && !run.manifest.signal.labelled) {
        checkGroupings([grouping], signal.shape, false);
        omissions.push({ what: `Grouping '${grouping.name}'`, why: `the signal has no labels. ${LABELS_HINT}` });
        continue;
      }
      throwIfAborted(abort);
      const label = await labeller(run, signal, grouping, frames);
      for (const frame of frames) {
        throwIfAborted(abort);
        perFrame.set(frame, await label(frame));
        display.update({ done: ++done, total, note: grouping.name });
      }
      labels.set(grouping.name, perFrame);
    } catch (error) {
      if (grouping.named || !isXincError(error) || error.code === 'cancelled' || error.code === 'io') throw error;
      omissions.push({ what: `Grouping '${grouping.name}'`, why: error.message });
      if (context.options.debug) console.error(error);
    }
  }
  display.end(`Groupings: ${[...labels.keys()].join(', ') || 'none'}`, labels.size > 0 ? 'done' : 'left-out');
  // One reason is told once.
  for (const why of new Set(omissions.map((omission) => omission.why))) {
    const all = omissions.filter((omission) => omission.why === why).map(({ what }) => what);
    display.line(`  left out: ${all.join(', ')}: ${why}`);
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
    if (others) await run.remove(`signal/labels/${kept}`);
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
    const picture = await signal.frame(frame);
    const map = checkLabelMap(name, await labelNew(picture, frame), picture.height, picture.width);
    if (kept) await storeLabels(run, kept, frame, map);
    return map;
  };
}
