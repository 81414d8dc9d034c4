import { neuronNamed } from '@xinc/core';

/** A Vega-Lite specification, of which anything may be missing or wrong. */
export type Spec = Readonly<Record<string, unknown>>;

/** The parameter that holds what is selected in the page: keys of neurons, as `neuronKey` gives them. */
export const SELECTED = 'xincSelected';
/** The field of a row that holds the key of its neuron. */
const KEY = 'xincNeuron';

/** Marks that stand for one row of the data each; a line or an area stands for many. */
const SINGLE_MARKS = ['point', 'circle', 'square', 'bar', 'tick', 'text', 'rect'];
const FADED = 0.12;

/** A neuron among those of all layers of a run. */
export const neuronKey = (layer: string, neuron: number): string => `${layer} ${neuron}`;

/** The neuron that a row names in its field `neuron`, by its number or as `neuronName` does; `null` where it names none. */
export function neuronOf(row: unknown): number | null {
  const named = isSpec(row) ? row.neuron : null;
  if (typeof named === 'number') return Number.isInteger(named) ? named : null;
  return neuronNamed(String(named));
}

/** Whether rows of the specification's own data name neurons, beside which others may name none. */
export function showsNeurons(spec: Spec): boolean {
  return rowsOf(spec).some((row) => neuronOf(row) !== null);
}

/**
 * The specification with marks of unselected neurons faded, while any neuron is selected. Marks of no neuron stay as they are.
 * @param layerOfRow the layer that a row's neuron is of
 */
export function linkNeurons(spec: Spec, layerOfRow: (row: Spec) => string | null): Spec {
  const params = Array.isArray(spec.params) ? spec.params : [];
  const rows = rowsOf(spec).map((row) => {
    const [neuron, layer] = [neuronOf(row), row && layerOfRow(row)];
    return neuron === null || layer === null ? row : { ...row, [KEY]: neuronKey(layer, neuron) };
  });
  const data = rows.length > 0 ? { data: { ...(spec.data as Spec), values: rows } } : {};
  return { ...linkUnits(spec), ...data, params: [...params, { name: SELECTED, value: [] }] };
}

function linkUnits(spec: Spec): Spec {
  const linked: Record<string, unknown> = { ...spec };
  for (const key of ['layer', 'concat', 'hconcat', 'vconcat']) {
    if (Array.isArray(spec[key])) linked[key] = spec[key].map((one) => (isSpec(one) ? linkUnits(one) : one));
  }
  if (isSpec(spec.spec)) linked.spec = linkUnits(spec.spec);
  const mark = isSpec(spec.mark) ? spec.mark : { type: spec.mark };
  const encoding = isSpec(spec.encoding) ? spec.encoding : {};
  if (!SINGLE_MARKS.includes(String(mark.type)) || 'opacity' in encoding) return linked;
  const test = `!length(${SELECTED}) || !isValid(datum.${KEY}) || indexof(${SELECTED}, datum.${KEY}) >= 0`;
  const whole = typeof mark.opacity === 'number' ? mark.opacity : 1;
  return {
    ...linked,
    mark: { ...mark, cursor: 'pointer' },
    encoding: { ...encoding, opacity: { condition: { test, value: whole }, value: FADED } },
  };
}

/**
 * The layer whose neurons a row, or a figure by its name, is about: `embedding-layer2-frame-0001`. `null` where neither says so.
 */
export function layerOf(
  layers: readonly { readonly id: string; readonly label: string }[],
  figure: string,
  row: Spec | null,
): string | null {
  const named = layers.find(({ id, label }) => row?.layer === id || row?.layer === label);
  if (named) return named.id;
  const parts = `-${figure}-`;
  // The longest, since a name may hold another.
  const [found] = layers.filter(({ id }) => parts.includes(`-${id}-`)).sort((a, b) => b.id.length - a.id.length);
  return found?.id ?? null;
}

function rowsOf({ data }: Spec): readonly (Spec | null)[] {
  if (!isSpec(data) || !Array.isArray(data.values)) return [];
  return data.values.map((row) => (isSpec(row) ? row : null));
}

function isSpec(value: unknown): value is Spec {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
