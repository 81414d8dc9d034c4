import type { Shape } from '@xinc/core';
import { MOST_LAYERS, MOST_LEVELS } from './config.js';

type Shapes = Readonly<Record<string, Shape>>;

const natural = new Intl.Collator('en', { numeric: true });
const CHANNELS = 3;
/** Dense layers, those of something else among them, that are looked at. */
const MOST_PARTS = 128;

/** A dense layer as far as it is there. */
interface Part {
  readonly stem: string;
  readonly weight: Shape | undefined;
  readonly bias: Shape | undefined;
}

/**
 * Tensors that make no whole network, with one weight or table as the others suggest it, in place of what is there under its name or of what
 * is missing, and without what is of something else. Several, the likeliest first; none where there are more tables or layers than a network
 * of this model has, so that a file does not decide how many there are.
 * @param tables names of the tables
 */
export function* repaired(shapes: Shapes, tables: readonly string[]): Generator<Shapes> {
  if (tables.length === 0 || tables.length > MOST_LEVELS) return;
  const features = commonest(tables.map((name) => shapes[name][1]));
  const offsets = Object.keys(shapes).find((name) => /(^|\.)offsets$/.test(name));
  const begins = offsets === undefined ? undefined : shapes[offsets][0];
  const levels = tables.length > 1 ? tables.length : begins && begins - 1;
  const read = levels && levels * features;
  const all = partsOf(shapes, tables);
  if (all.length > MOST_PARTS) return;
  const parts = withoutAlone(all, (inputs) => (read === undefined ? inputs % features === 0 : inputs === read));
  if (parts.length > MOST_LAYERS) return;
  const own = new Set([...tables, offsets, ...parts.flatMap(({ stem }) => [`${stem}weight`, `${stem}bias`])]);
  const rest = Object.fromEntries(Object.entries(shapes).filter(([name]) => own.has(name)));
  if (parts.length < all.length) yield rest;
  for (const name of tables) {
    if (shapes[name][1] !== features) yield { ...rest, [name]: [shapes[name][0], features] };
  }
  for (const { name, beside } of missingTables(tables)) yield { ...rest, [name]: shapes[beside] };
  const ordered = [...parts].sort((a, b) => natural.compare(a.stem, b.stem));
  // A weight that contradicts its own bias is the likelier mistake.
  for (const agrees of [true, false]) {
    for (const [i, { stem, bias }] of ordered.entries()) {
      const { [`${stem}weight`]: own, ...others } = rest;
      for (const weight of weightsFor(ordered, i, read)) {
        if ((bias === undefined || bias[0] === weight[0]) === agrees) yield { ...others, [`${stem}weight`]: weight };
      }
    }
  }
}

/** The number that most are; of several, the first. */
function commonest(numbers: readonly number[]): number {
  const countOf = (number: number) => numbers.filter((other) => other === number).length;
  return numbers.reduce((most, number) => (countOf(number) > countOf(most) ? number : most));
}

/** Dense layers by what their names begin with, in the order of the file. */
function partsOf(shapes: Shapes, tables: readonly string[]): Part[] {
  const others = new Set(tables);
  const names = Object.keys(shapes).filter((name) => !others.has(name));
  const stems = new Set(names.flatMap((name) => stemOf(name) ?? []));
  return [...stems].map((stem) => ({ stem, weight: shapes[`${stem}weight`], bias: shapes[`${stem}bias`] }));
}

/** `net.0.weight` → `net.0.` */
const stemOf = (name: string): string | undefined => /^(.*)(?:weight|bias)$/.exec(name)?.[1];

/** Without those that neither read the tables nor have a side in common with another. */
function withoutAlone(parts: readonly Part[], readsTables: (inputs: number) => boolean): Part[] {
  const sidesOf = ({ weight, bias }: Part) => new Set([...(weight ?? []), ...(bias ?? [])]);
  const having = new Map<number, number>();
  for (const side of parts.flatMap((part) => [...sidesOf(part)])) having.set(side, (having.get(side) ?? 0) + 1);
  return parts.filter(
    (part) =>
      (part.weight && readsTables(part.weight[1])) ||
      [...sidesOf(part)].some((side) => side === CHANNELS || having.get(side)! > 1),
  );
}

/** Names of tables whose numbers are left out between those of others, before them or after them, and a table beside each. */
function missingTables(tables: readonly string[]): { readonly name: string; readonly beside: string }[] {
  const there = new Set(tables);
  const neighbours = tables.flatMap((beside) => {
    const [, start, number, end] = /^(.*?)(?<!\d)(\d+)(\D*)$/.exec(beside) ?? [];
    if (number === undefined) return [];
    return [-1, 1].map((step) => ({ name: `${start}${Number(number) + step}${end}`, beside }));
  });
  const missing = neighbours.filter(({ name }) => !there.has(name) && !name.includes('-'));
  const countOf = (name: string) => missing.filter((other) => other.name === name).length;
  // Between two others first.
  return missing.sort((a, b) => countOf(b.name) - countOf(a.name));
}

/** Shapes that a layer's weight may have between the layers around it, those that differ least from what is there first. */
function weightsFor(parts: readonly Part[], i: number, features: number | undefined): Shape[] {
  const known = (values: readonly (number | undefined)[]) => [
    ...new Set(values.filter((value) => value !== undefined)),
  ];
  const [before, own, after] = [parts[i - 1], parts[i], parts[i + 1]];
  const isLast = i === parts.length - 1;
  // The last layer of something else gives no colours, whatever its weight is.
  if (isLast && own.weight && own.weight[0] !== CHANNELS && own.bias?.[0] !== CHANNELS) return [];
  const outputs = isLast ? [CHANNELS] : known([own.bias?.[0], after?.weight?.[1], own.weight?.[0]]);
  const inputs =
    i === 0 ? known([features, own.weight?.[1]]) : known([before?.bias?.[0], before?.weight?.[0], own.weight?.[1]]);
  return outputs.flatMap((outs) => inputs.map((ins): Shape => [outs, ins]));
}
