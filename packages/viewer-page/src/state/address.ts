import { formatNeurons, parseNeurons } from './neuron-list.js';
import type { SelectedRegion } from './selected-region.js';
import { INITIAL_VIEW, type View } from './view.js';

/*
 * A view as the fragment of the page's address, and back. Links come from anyone: what is malformed is left out, field by
 * field, and whether a run, layer or neuron of that name exists is checked where it is used.
 */

interface Field<T> {
  readonly key: string;
  /** `null` where there is nothing to say. */
  format(value: T): string | null;
  /** `undefined` for a malformed text. */
  parse(text: string): T | undefined;
}

/** Runs, layers, groupings, panels and analyses are named by printable text. */
const name = (key: string): Field<string | null> => ({
  key,
  format: (value) => value,
  parse: (text) => (/^[\p{L}\p{N}\p{P}\p{S} ]{1,200}$/u.test(text) ? text : undefined),
});

const choice = <T extends string | null>(key: string, choices: readonly NonNullable<T>[]): Field<T> => ({
  key,
  format: (value) => value,
  parse: (text) => choices.find((one) => one === text),
});

const count = <T extends number | null>(key: string): Field<T> => ({
  key,
  format: (value) => (value === null ? null : String(value)),
  parse: (text) => wholes(text, 1)?.[0] as T | undefined,
});

/** A share in [low, high], in percent. */
const percent = (key: string, low: number, high: number): Field<number> => ({
  key,
  format: (value) => String(Math.round(100 * value)),
  parse: (text) => {
    const value = (wholes(text, 1)?.[0] ?? Number.NaN) / 100;
    return value >= low && value <= high ? value : undefined;
  },
});

/** Whole numbers below 10⁷, separated by commas. */
function wholes(text: string, expected?: number): number[] | undefined {
  if (!/^\d{1,7}(,\d{1,7})*$/.test(text)) return undefined;
  const values = text.split(',').map(Number);
  return expected === undefined || values.length === expected ? values : undefined;
}

/** As many corners as a link may hold. */
const MOST_CORNERS = 400;

const region: Field<SelectedRegion | null> = {
  key: 'region',
  format: (value) => {
    if (value === null) return null;
    if (value.kind === 'lasso') return `lasso:${value.corners.flat().map(Math.round).join(',')}`;
    return `rectangle:${[value.top, value.left, value.height, value.width].join(',')}`;
  },
  parse: (text) => {
    const [kind, numbers] = text.split(':', 2);
    const values = wholes(numbers ?? '');
    if (!values) return undefined;
    if (kind === 'rectangle' && values.length === 4 && values[2] > 0 && values[3] > 0) {
      const [top, left, height, width] = values;
      return { kind, top, left, height, width };
    }
    if (kind === 'lasso' && values.length >= 6 && values.length % 2 === 0 && values.length <= 2 * MOST_CORNERS) {
      const corners = Array.from({ length: values.length / 2 }, (_, i) => [values[2 * i], values[2 * i + 1]] as const);
      return { kind, corners };
    }
    return undefined;
  },
};

const FIELDS: { readonly [K in keyof View]: Field<View[K]> } = {
  run: name('run'),
  frame: count('frame'),
  layer: name('layer'),
  pixel: {
    key: 'pixel',
    format: (value) => value && `${value.row},${value.column}`,
    parse: (text) => {
      const values = wholes(text, 2);
      return values && { row: values[0], column: values[1] };
    },
  },
  region,
  neuron: count('neuron'),
  neurons: { key: 'neurons', format: formatNeurons, parse: (text) => parseNeurons(text) ?? undefined },
  off: {
    key: 'off',
    format: (value) =>
      Object.entries(value)
        .filter(([, neurons]) => neurons.length > 0)
        .map(([layer, neurons]) => `${encodeURIComponent(layer)}:${formatNeurons(neurons)}`)
        .join(';'),
    parse: (text) => {
      const layers = text === '' ? [] : text.split(';').map((part) => /^([^:]{1,200}):(.+)$/.exec(part));
      const entries = layers.map((match) => {
        const neurons = match && parseNeurons(match[2]);
        const layer = match && decode(match[1]);
        return neurons && layer ? ([layer, neurons] as const) : undefined;
      });
      return entries.every((entry) => entry !== undefined) ? Object.fromEntries(entries) : undefined;
    },
  },
  scale: choice('scale', ['own', 'shared']),
  opacity: percent('opacity', 0, 1),
  picture: choice('picture', ['reconstruction', 'signal', 'error']),
  ranked: choice('ranked', ['pixel', 'region', 'groups']),
  grouping: name('grouping'),
  measure: choice('measure', ['density', 'total']),
  panel: name('panel') as Field<string>,
  embedding: name('embedding') as Field<string>,
  coloring: choice('coloring', ['cluster', 'layer', 'run', 'total']),
  analysis: name('analysis'),
  order: choice('order', ['total', 'region', 'index', 'cluster']),
  alive: { key: 'dead', format: (value) => (value ? 'hidden' : 'shown'), parse: (text) => ALIVE[text] },
  other: name('other'),
  otherLayer: name('other-layer'),
  steps: choice('steps', ['linear', 'log']),
  theme: choice('theme', ['system', 'light', 'dark']),
  split: percent('split', 0.2, 0.85),
};

const ALIVE: Readonly<Record<string, boolean | undefined>> = { hidden: true, shown: false };

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Longer links are cut off by some programs; a selection that does not fit is left out. */
const MOST_CHARACTERS = 6000;

/** What differs from the initial view, as `run=…&layer=…`. */
export function formatAddress(view: View): string {
  const parts: string[] = [];
  const add = <K extends keyof View>(field: K) => {
    const { key, format } = FIELDS[field];
    const text = format(view[field]);
    if (text === null || text === format(INITIAL_VIEW[field])) return;
    // Commas and colons may stand in a fragment as they are, and read better so.
    const encoded = encodeURIComponent(text).replace(/%2C/g, ',').replace(/%3A/g, ':').replace(/%3B/g, ';');
    if (encoded.length <= MOST_CHARACTERS) parts.push(`${key}=${encoded}`);
  };
  for (const field of Object.keys(FIELDS) as (keyof View)[]) add(field);
  return parts.join('&');
}

/** The fields that a fragment (with or without `#`) holds. */
export function parseAddress(fragment: string): Partial<View> {
  const view: Record<string, unknown> = {};
  const texts = new Map<string, string>();
  for (const part of fragment.replace(/^#/, '').split('&')) {
    const at = part.indexOf('=');
    const text = at > 0 ? decode(part.slice(at + 1)) : undefined;
    if (text !== undefined) texts.set(part.slice(0, at), text);
  }
  for (const [field, { key, parse }] of Object.entries(FIELDS)) {
    const text = texts.get(key);
    const value = text === undefined ? undefined : parse(text);
    if (value !== undefined) view[field] = value;
  }
  return view;
}
