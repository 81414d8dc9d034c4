type Spec = Readonly<Record<string, unknown>>;

/** CSS pixels of a plot with its axis on a telephone's screen. */
const NARROW_PLOT = 250;

/** Of more panels in a row than these, each is small enough to stand beside another on a telephone's screen, so wide. */
const SMALL_COLUMNS = 3;
const HALF_PLOT = 110;

/** Panels of a grid that stand side by side on a telephone's screen. */
const NARROW_COLUMNS = 3;

/**
 * The specification with its panels below one another and no plot wider than a narrow column; many small ones two by two, those of a grid of rows and columns three by
 * three, each under the names of its row and column.
 */
export function narrowSpec(spec: Spec): Spec {
  const grid = gridOf(spec);
  if (grid) return grid;
  const narrowed: Record<string, unknown> = { ...spec };
  if (typeof spec.width === 'number') narrowed.width = Math.min(spec.width, NARROW_PLOT);
  if ('facet' in spec || 'concat' in spec || 'repeat' in spec) narrowed.columns = 1;
  if (isSpec(spec.spec)) narrowed.spec = narrowSpec(spec.spec);
  if (isSpec(spec.facet) && typeof spec.columns === 'number' && spec.columns > SMALL_COLUMNS && isSpec(narrowed.spec)) {
    narrowed.columns = 2;
    narrowed.spec = { ...narrowed.spec, width: HALF_PLOT };
  }
  for (const list of ['concat', 'vconcat', 'layer']) {
    if (Array.isArray(spec[list])) narrowed[list] = spec[list].map((one) => (isSpec(one) ? narrowSpec(one) : one));
  }
  if (Array.isArray(spec.hconcat)) {
    const { hconcat, ...rest } = narrowed;
    return { ...rest, vconcat: spec.hconcat.map((one) => (isSpec(one) ? narrowSpec(one) : one)) };
  }
  return narrowed;
}

/** Panels by row and column, where both are in a given order, as a list; `undefined` for other specifications. */
function gridOf(spec: Spec): Spec | undefined {
  if (!isSpec(spec.facet) || !isSpec(spec.facet.row) || !isSpec(spec.facet.column)) return undefined;
  const { row, column } = spec.facet;
  if (!Array.isArray(row.sort) || !Array.isArray(column.sort)) return undefined;
  const columns = column.sort;
  const panels = row.sort.flatMap((one) => columns.map((other) => `${one}\n${other}`));
  const { transform = [] } = spec;
  const label = `datum[${JSON.stringify(row.field)}] + '\\n' + datum[${JSON.stringify(column.field)}]`;
  return {
    ...spec,
    transform: [...(transform as readonly unknown[]), { calculate: label, as: PANEL_FIELD }],
    facet: {
      field: PANEL_FIELD,
      type: 'nominal',
      title: null,
      sort: panels,
      header: {
        labelExpr: "split(datum.label, '\\n')",
        labelFontSize: 10,
        labelLimit: 104,
        labelLineHeight: 12,
        labelPadding: 0,
      },
    },
    columns: NARROW_COLUMNS,
    spacing: { row: 40, column: 10 },
    bounds: 'flush',
  };
}

/** The field that names a panel of a grid by its row and column. */
const PANEL_FIELD = 'panel of grid';

const isSpec = (value: unknown): value is Spec => typeof value === 'object' && value !== null && !Array.isArray(value);
