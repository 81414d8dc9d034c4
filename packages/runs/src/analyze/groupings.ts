import { type GroupingPlugin, type SignalShape, XincError } from '@xinc/core';
import type { RegisteredPlugin, Registry } from '@xinc/core/node';
import { asked, parseConfig } from '../settings.js';

export const GIVE_LABELS = 'Give `labels` when the run is made, or make it once more with them.';

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
