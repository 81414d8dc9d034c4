type Spec = Readonly<Record<string, unknown>>;

/** CSS pixels of a plot with its axis on a telephone's screen. */
const NARROW_PLOT = 250;

/** The specification with its panels below one another and no plot wider than a narrow column. */
export function narrowSpec(spec: Spec): Spec {
  const narrowed: Record<string, unknown> = { ...spec };
  if (typeof spec.width === 'number') narrowed.width = Math.min(spec.width, NARROW_PLOT);
  if ('facet' in spec || 'concat' in spec || 'repeat' in spec) narrowed.columns = 1;
  if (isSpec(spec.spec)) narrowed.spec = narrowSpec(spec.spec);
  for (const list of ['concat', 'vconcat', 'layer']) {
    if (Array.isArray(spec[list])) narrowed[list] = spec[list].map((one) => (isSpec(one) ? narrowSpec(one) : one));
  }
  if (Array.isArray(spec.hconcat)) {
    const { hconcat, ...rest } = narrowed;
    return { ...rest, vconcat: spec.hconcat.map((one) => (isSpec(one) ? narrowSpec(one) : one)) };
  }
  return narrowed;
}

const isSpec = (value: unknown): value is Spec => typeof value === 'object' && value !== null && !Array.isArray(value);
