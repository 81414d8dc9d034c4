import { describePsnr, type InrPlugin } from '@xinc/core';
import { printable } from '@xinc/core/formats';
import {
  ALIKE,
  type Better,
  type Choice,
  keyText,
  type OtherModel,
  type RecognisedNetwork,
  type Tried,
} from '@xinc/runs/import';

/** Networks that are listed one by one. */
const MOST_LISTED = 20;

/** The networks of a file, how well each draws the signal, and which was taken; nothing where there is one. */
export function aboutNetworks({ all, taken, frames }: Choice, model: string, signal: string): string[] {
  if (all.length === 1) return [];
  const on = taken.network.inr.signal.frames > frames ? ` on ${frames} of its frames` : '';
  const keys = all.map(({ network }) => printable(keyText(network.key)));
  const width = Math.max(...keys.map((key) => key.length));
  const lines = all.map((drawn, i) => {
    const key = keys[i].padEnd(width);
    if ('problem' in drawn) return `  ${key}  cannot be drawn: ${drawn.problem}`;
    const same = drawn.sameAs === undefined ? '' : `, the same weights as ${printable(keyText(drawn.sameAs))}`;
    return `  ${key}  ${describePsnr(drawn.psnr!)}${same}${drawn === taken ? '  ← taken' : ''}`;
  });
  const equal = all.filter((drawn) => 'psnr' in drawn && drawn.sameAs === undefined && drawn.psnr === taken.psnr);
  const why = equal.length > 1 ? 'the first of those that draw it best' : 'the one that draws it best';
  return [
    `${all.length} networks of the model '${model}' are in the file; PSNR of what each draws, against ${signal}${on}:`,
    ...lines.slice(0, MOST_LISTED),
    ...(lines.length > MOST_LISTED ? [`  … and ${lines.length - MOST_LISTED} more`] : []),
    `  taken is ${why}; --key KEY takes another`,
  ];
}

/** Networks of the file that other models recognise and the one that was asked for does not. */
export function aboutOthers(others: readonly OtherModel[]): string[] {
  const keys = [...new Set(others.flatMap(({ apart }) => apart))];
  if (keys.length === 0) return [];
  const listed = keys.slice(0, MOST_LISTED).map((key) => {
    const models = others.filter(({ apart }) => apart.includes(key)).map(({ model }) => model);
    return `${printable(keyText(key))} (${eitherOf(models)})`;
  });
  const more = keys.length > listed.length ? ` and ${keys.length - listed.length} more` : '';
  return [`networks of other models in the file: ${listed.join(', ')}${more}; --model NAME imports one`];
}

/** `siren`, `siren or finer`, `siren, finer or gauss`. */
function eitherOf(names: readonly string[]): string {
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${names.at(-1)}` : names.join('');
}

/** What the weights showed of a network, and what was taken for what. */
export function aboutNetwork(
  { inferred, layout, absent, encoding }: RecognisedNetwork,
  given: Readonly<Record<string, unknown>>,
): string[] {
  const shown = Object.entries(inferred)
    .filter(([key]) => !(key in given))
    .map(([key, value]) => `${key} = ${JSON.stringify(value)}, from the names and shapes of the weights`);
  const swapped = (parameter: string) => (layout?.transposed?.includes(parameter) ? ' transposed' : '');
  const pairs = Object.entries(layout?.names ?? {}).map(
    ([parameter, name]) => `${parameter} = ${printable(name)}${swapped(parameter)}`,
  );
  return [
    ...shown,
    ...(layout ? [`told from shapes and order, for want of known names: ${pairs.join(', ')}`] : []),
    ...(encoding
      ? [`not in the file, so computed by the encoder in it from the signal's frames: ${encoding.encoder.parameter}`]
      : []),
    ...(absent.length > 0 ? [`not in the file, so zero: ${absent.join(', ')}`] : []),
  ];
}

/** What neither the file nor the user said, each with the option that says it and the other values that are tried. */
export function aboutAssumptions(plugin: InrPlugin, assumed: Readonly<Record<string, unknown>>): string[] {
  const entries = Object.entries(assumed);
  if (entries.length === 0) return [];
  const settings = entries.map(([key, value]) => setting(key, value));
  const width = Math.max(...settings.map((text) => text.length));
  return [
    'assumed, since the weights do not show it:',
    ...entries.map(([key, value], i) => {
      const values = ((plugin.unshown ?? {}) as Record<string, readonly unknown[]>)[key] ?? [];
      const others = values.filter((other) => JSON.stringify(other) !== JSON.stringify(value)).map(plain);
      return `  ${others.length > 0 ? `${settings[i].padEnd(width)}  or ${others.join(', ')}` : settings[i]}`;
    }),
  ];
}

/** The options of `xinc import` that take the better network. */
export function optionsOf({ key, changes }: Better): { key?: string; set: string[] } {
  return {
    ...(key !== undefined && { key: keyText(key) }),
    set: Object.entries(changes).map(([name, value]) => `${name}=${plain(value)}`),
  };
}

/** @param quality PSNR of what was imported, with its unit */
export function betterSettings(better: Better, signal: string, quality: string): string {
  return `Warning: with ${optionWords(better)} it draws ${signal} at ${describePsnr(better.psnr)} instead of ${quality}: it was probably trained so. Import it with these options into another --out.`;
}

/** What to do where nothing was imported. */
export function betterInstead(better: Better, signal: string): string {
  return `With ${optionWords(better)} it draws ${signal} at ${describePsnr(better.psnr)}: it was probably trained so, import it with these options.`;
}

/** That neither what was taken nor what else was tried draws the signal, and what may be the reason. */
export function unlikeSignal(
  {
    signal,
    psnr,
    assumed,
    alike,
  }: {
    readonly signal: string;
    readonly psnr: number;
    readonly assumed: readonly string[];
    /** Other models whose networks have the same names and shapes. */
    readonly alike: readonly string[];
  },
  { better, combinations }: Tried,
): string {
  const sentences = [
    ...(Number.isNaN(psnr) ? [] : [`below ${ALIKE} dB, what the network draws does not look like ${signal}.`]),
    ...(better
      ? [
          `The best of ${combinations} other combinations of what was assumed, ${optionWords(better)}, draws ${signal} at ${describePsnr(better.psnr)}, which is no likeness either.`,
        ]
      : combinations > 0
        ? [`None of ${combinations} other combinations of what was assumed draws it better by 1 dB.`]
        : []),
    `Check that it was trained on this signal, at this size and crop${assumed.length > 0 ? `, and what was assumed: ${assumed.join(', ')} (--set KEY=VALUE)` : ''}.`,
    ...(alike.length > 0
      ? [`Networks of ${alike.join(', ')} have the same names and shapes: try --model ${alike[0]}.`]
      : []),
    'Then import it into another --out.',
  ];
  return `Warning: ${sentences.join(' ')}`;
}

function optionWords({ key, changes }: Better): string {
  const options = key === undefined ? [] : [`--key ${printable(keyText(key))}`];
  return [...options, ...Object.entries(changes).map(([name, value]) => setting(name, value))].join(' ');
}

/** Settings that the picture does not tell from those that were assumed. */
export function alikeSettings(alike: Tried['alike']): string[] {
  if (alike.length === 0) return [];
  const others = alike.map(({ changes, psnr }) => {
    const [[key, value]] = Object.entries(changes);
    return `with ${setting(key, value)} it draws it at ${describePsnr(psnr)}`;
  });
  return [`The picture does not prove what was assumed: ${others.join(', ')}.`];
}

/** The networks of a file for `--json`; `psnr` is left out where they were not compared. */
export function networksAsJson({ all, taken }: Choice): Readonly<Record<string, unknown>>[] {
  return all.map((drawn) => ({
    key: keyText(drawn.network.key),
    taken: drawn === taken,
    ...('problem' in drawn
      ? { problem: drawn.problem }
      : {
          ...(drawn.psnr !== undefined && { psnr: drawn.psnr }),
          ...(drawn.sameAs !== undefined && { sameWeightsAs: keyText(drawn.sameAs) }),
        }),
  }));
}

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
const setting = (key: string, value: unknown): string => `--set ${key}=${plain(value)}`;
