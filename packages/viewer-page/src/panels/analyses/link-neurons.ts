/** A Vega-Lite specification, of which anything may be missing or wrong. */
export type Spec = Readonly<Record<string, unknown>>;

/** The parameter that holds the neurons selected in the page. */
export const SELECTED = 'xincSelected';

/** Marks that stand for one row of the data each; a line or an area stands for many. */
const SINGLE_MARKS = ['point', 'circle', 'square', 'bar', 'tick', 'text', 'rect'];
const FADED = 0.12;

/** Whether rows of the specification's own data name neurons, in a field `neuron`. */
export function showsNeurons(spec: Spec): boolean {
  const rows = rowsOf(spec);
  return rows.length > 0 && rows.every((row) => Number.isInteger(row?.neuron));
}

/** The specification with marks of unselected neurons faded, while any neuron is selected. */
export function linkNeurons(spec: Spec): Spec {
  const params = Array.isArray(spec.params) ? spec.params : [];
  return { ...linkUnits(spec), params: [...params, { name: SELECTED, value: [] }] };
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
  const test = `!length(${SELECTED}) || indexof(${SELECTED}, datum.neuron) >= 0`;
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
