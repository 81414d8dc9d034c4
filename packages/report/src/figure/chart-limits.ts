import { whole } from '@xinc/core';
import { printable } from '@xinc/core/formats';

/*
 * A chart is a program in the language of Vega-Lite, and may come with a run from a stranger. What is looked at here is read off its
 * text, without running it.
 */

type Spec = Readonly<Record<string, unknown>>;

/** Levels of a specification, and parts of it beside its data. */
const [MOST_LEVELS, MOST_PARTS] = [60, 200_000];
/** CSS pixels, panels, ticks, bins: of the numbers under these names. */
const MOST_EXTENT = 20_000;
const EXTENTS = new Set(
  'width height padding top bottom left right spacing columns step tickCount maxbins steps fontSize strokeWidth'.split(
    ' ',
  ),
);
/** Values of a sequence. */
const MOST_SEQUENCE = 100_000;

/**
 * What a chart asks for that no page has room for; `undefined` for what may be tried, under limits of time and memory.
 * @returns in words that follow the chart's name
 */
export function chartExcess(spec: Spec): string | undefined {
  let parts = 0;
  const look = (node: unknown, name: string, level: number): string | undefined => {
    if (++parts > MOST_PARTS) return `it has more than ${whole(MOST_PARTS)} parts`;
    if (level > MOST_LEVELS) return `it is nested deeper than ${MOST_LEVELS} levels`;
    if (typeof node === 'number' && EXTENTS.has(name) && Math.abs(node) > MOST_EXTENT) {
      return `it asks for ${name} ${node}, and at most ${whole(MOST_EXTENT)} are drawn`;
    }
    if (typeof node !== 'object' || node === null) return undefined;
    if (name === 'sequence' && !isShort(node as Spec)) {
      return `it asks for a sequence of more than ${whole(MOST_SEQUENCE)} values`;
    }
    for (const [key, value] of Object.entries(node)) {
      // Rows of data are counted by whoever draws them.
      if (key === 'values' && name === 'data') continue;
      const found = look(value, Array.isArray(node) ? name : key, level + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return look(spec, '', 0);
}

/** Whether a sequence `{start, stop, step}` is short enough; not where one of the three is NaN. */
function isShort({ start = 0, stop, step = 1 }: Spec): boolean {
  return Math.abs((Number(stop) - Number(start)) / Number(step)) <= MOST_SEQUENCE;
}

/** Data, and marks made of them, that a page draws without standing still. */
const [MOST_ROWS, MOST_VIEWS, MOST_CATEGORIES] = [200_000, 200, 3000];
/** Characters of expressions times rows. */
const MOST_WORK = 5e7;

const TRANSFORMS = new Set(['filter', 'calculate', 'aggregate', 'stack', 'timeUnit', 'sample', 'extent', 'fold']);
/** Where expressions stand. */
const EXPRESSIONS = new Set(['filter', 'calculate', 'expr', 'labelExpr', 'test', 'signal', 'update']);
/** Functions whose time does not depend on what they are given, or by its length alone. */
const FUNCTIONS = new Set(
  (
    'abs ceil floor round sqrt pow exp log max min clamp sign isNaN isFinite isValid isNumber isString isDate isArray isBoolean ' +
    'if length indexof inrange toNumber toString toBoolean lower upper trim year month date hours minutes seconds'
  ).split(' '),
);
/** A call and its name. Looked for where a word begins alone: within long words, that would take the square of their length. */
const CALL = /(?<![\w$])([\w$]+)\s*\(/g;
/** What makes much of little, wherever it is found. */
const GENERATING = /\b(sequence|pad|repeat|regexp|replace|test|split|merge|lerp|format|timeFormat|data)\s*\(/;
/** Parts that are bounded by nothing that is read off them. */
const UNBOUNDED = new Set(['projection', 'graticule', 'sphere', 'bins', 'regression', 'loess', 'density']);

/**
 * Why a page should not draw a chart, where nothing can end it: what it takes is not bounded by the length of its text and data.
 * `undefined` for the charts of the analyses, and all that are made like them.
 * @returns in words that follow the chart's name
 */
export function chartDoubt(spec: Spec): string | undefined {
  const excess = chartExcess(spec);
  if (excess !== undefined) return excess;
  const rows: Spec[] = [];
  const fields = new Set<string>();
  const panelFields = new Set<string>();
  let [views, expressions] = [1, 0];
  let asks = false;
  let doubt: string | undefined;
  const doubtful = (what: string) => {
    doubt ??= what;
  };
  const look = (node: unknown, name: string): void => {
    if (doubt !== undefined) return;
    if (typeof node === 'string') {
      if (name === 'format' && /\d{3}/.test(node)) doubtful(`its number format is ${JSON.stringify(node)}`);
      if (EXPRESSIONS.has(name)) {
        expressions += node.length;
        const unknown = [...node.matchAll(CALL)].find(([, called]) => !FUNCTIONS.has(called));
        if (unknown) doubtful(`its expressions call ${printable(unknown[1])}`);
      } else if (GENERATING.test(node)) doubtful(`its expressions call ${GENERATING.exec(node)![1]}`);
      return;
    }
    if (typeof node !== 'object' || node === null) return;
    if (name === 'strokeDash' && hasShortDash(node)) doubtful('its lines have dashes of almost no length');
    if (UNBOUNDED.has(name)) doubtful(`it has ${name}`);
    if (Array.isArray(node)) {
      if (name === 'transform') {
        for (const one of node) {
          const kinds = Object.keys(one ?? {}).filter((key) => !['as', 'groupby', 'field', 'param'].includes(key));
          const unknown = kinds.find((kind) => !TRANSFORMS.has(kind) && !OPTIONS.has(kind));
          if (unknown !== undefined) doubtful(`it transforms its data by ${unknown}`);
        }
      }
      if (['layer', 'concat', 'hconcat', 'vconcat'].includes(name)) views += node.length;
      for (const one of node) look(one, name);
      return;
    }
    const value = node as Spec;
    if (name === 'tickCount' || name === 'bin') {
      const unknown = Object.keys(value).find((key) => key !== 'maxbins' && key !== 'nice' && key !== 'extent');
      if (unknown !== undefined) doubtful(`its ${name} is set by ${unknown}`);
    }
    if (name === 'data' && 'url' in value) asks = true;
    if (['facet', 'row', 'column'].includes(name) && typeof value.field === 'string') panelFields.add(value.field);
    if ((value.type === 'nominal' || value.type === 'ordinal') && typeof value.field === 'string')
      fields.add(value.field);
    for (const [key, below] of Object.entries(value)) {
      if (key === 'repeat')
        for (const list of Array.isArray(below) ? [below] : Object.values(below ?? {})) views *= lengthOf(list);
      if (key === 'values' && name === 'data') {
        if (Array.isArray(below)) for (const row of below) rows.push(row as Spec);
        else doubtful('its data are no list of rows');
      } else if (key === 'datasets') {
        for (const list of Object.values((below ?? {}) as Spec)) {
          if (Array.isArray(list)) for (const row of list) rows.push(row as Spec);
        }
      } else look(below, key);
    }
  };
  look(spec, '');
  if (doubt !== undefined) return doubt;
  if (asks && (panelFields.size > 0 || fields.size > 0))
    return 'its data are in another file, and their values make its parts';
  const distinct = (field: string) => new Set(rows.map((row) => String((row as Spec | null)?.[field]))).size;
  for (const field of panelFields) views *= Math.max(1, distinct(field));
  if (rows.length > MOST_ROWS) return `it has ${whole(rows.length)} rows of data`;
  if (views > MOST_VIEWS) return `it has ${whole(views)} panels`;
  if (expressions * rows.length > MOST_WORK) return 'its expressions are long, and its data too';
  const wide = [...fields].find((field) => distinct(field) > MOST_CATEGORIES);
  return wide === undefined ? undefined : `its field '${wide}' has more than ${MOST_CATEGORIES} values`;
}

/** CSS pixels: of shorter ones a line has too many. */
const LEAST_DASH = 0.5;

/** Whether a number in there is the length of a dash that is too short; dashes of no length at all are not drawn. */
function hasShortDash(node: unknown): boolean {
  if (typeof node === 'number') return node !== 0 && !(node >= LEAST_DASH);
  return typeof node === 'object' && node !== null && Object.values(node).some(hasShortDash);
}

const lengthOf = (list: unknown): number => (Array.isArray(list) ? Math.max(1, list.length) : 1);

/** Options of the transforms that are known. */
const OPTIONS = new Set('op ops fields sort offset stack maxbins filter ignorePeers sequence'.split(' '));
