import type { Shape } from '@xinc/core';

type Shapes = Readonly<Record<string, Shape>>;

const natural = new Intl.Collator('en', { numeric: true });
const CHANNELS = 3;

/** A dense layer as far as it is there. */
interface Part {
  readonly stem: string;
  readonly weight: Shape | undefined;
  readonly bias: Shape | undefined;
}

/**
 * Tensors that make no whole network, with one weight or table as the others suggest it, in place of what is there under its name or of what
 * is missing, and without layers of something else. Several, the likeliest first.
 * @param tables names of the tables
 */
export function* repaired(shapes: Shapes, tables: readonly string[]): Generator<Shapes> {
  if (tables.length === 0) return;
  const features = commonest(tables.map((name) => shapes[name][1]));
  const offsets = Object.entries(shapes).find(([name]) => /(^|\.)offsets$/.test(name))?.[1][0];
  const levels = tables.length > 1 ? tables.length : offsets && offsets - 1;
  const read = levels && levels * features;
  const { alone, parts } = partsOf(shapes, tables, (inputs) =>
    read === undefined ? inputs % features === 0 : inputs === read,
  );
  const isRest = (name: string) => !alone.some((stem) => name.startsWith(stem));
  const rest = Object.fromEntries(Object.entries(shapes).filter(([name]) => isRest(name)));
  if (alone.length > 0) yield rest;
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

/** Dense layers, and those that neither read the tables nor have a side in common with another. */
function partsOf(
  shapes: Shapes,
  tables: readonly string[],
  readsTables: (inputs: number) => boolean,
): { parts: Part[]; alone: string[] } {
  const names = Object.keys(shapes).filter((name) => !tables.includes(name));
  const stems = [...new Set(names.flatMap((name) => /^(.*)(?:weight|bias)$/.exec(name)?.[1] ?? []))];
  const all = stems.map((stem) => ({ stem, weight: shapes[`${stem}weight`], bias: shapes[`${stem}bias`] }));
  const sidesOf = ({ weight, bias }: Part) => [...(weight ?? []), ...(bias ?? [])];
  const isAlone = (part: Part) =>
    !(part.weight && readsTables(part.weight[1])) &&
    sidesOf(part).every(
      (side) => side !== CHANNELS && !all.some((other) => other !== part && sidesOf(other).includes(side)),
    );
  const alone = all.filter(isAlone);
  return { parts: all.filter((part) => !alone.includes(part)), alone: alone.map(({ stem }) => stem) };
}

/** Names of tables whose numbers are left out between those of others, before them or after them, and a table beside each. */
function missingTables(tables: readonly string[]): { readonly name: string; readonly beside: string }[] {
  const there = new Set(tables);
  const neighbours = tables.flatMap((beside) => {
    const [, start, number, end] = /^(.*?)(\d+)(\D*)$/.exec(beside) ?? [];
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
