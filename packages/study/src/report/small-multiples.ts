/** Signals in one figure: a page has room for so many rows. */
export const ROWS = 6;

/** CSS pixels of a panel's plot: seven columns, the layers of an FFN and a NeRV, are as wide as the page. */
export const PANEL = { width: 104, height: 84 };

/** Colours of Okabe and Ito (2008), which colour-blind readers can tell apart. */
export const COLORS = ['#0072b2', '#e69f00', '#009e73', '#d55e00', '#56b4e9', '#cc79a7'];

/** Names beside their rows, which are too low for them to stand upright; on the right, where no axis is in the way. */
const ROW_LABEL = { labelAngle: 0, labelOrient: 'right', labelPadding: 14, labelFontSize: 11, labelLimit: 150 };

type Spec = Readonly<Record<string, unknown>>;

/**
 * A Vega-Lite specification of panels: rows are signals, columns layers. Rows of data name their panel in the fields `signal` and `column`; each panel
 * needs one, since Vega puts the next in the place of one without data.
 * @param panel what is drawn in each
 */
export const panelGrid = (
  values: readonly object[],
  signals: readonly string[],
  columns: readonly string[],
  panel: Spec,
): Spec => ({
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  data: { values },
  facet: {
    row: { field: 'signal', type: 'nominal', title: null, sort: signals, header: ROW_LABEL },
    column: { field: 'column', type: 'nominal', title: null, sort: columns },
  },
  spacing: 10,
  spec: panel,
});

/** Items that are in one figure. */
export interface Part<T> {
  readonly items: readonly T[];
  /** Places of its first and last item, from 1. */
  readonly first: number;
  readonly last: number;
}

/** A list in parts of so many items. */
export function partsOf<T>(all: readonly T[], most: number): Part<T>[] {
  return Array.from({ length: Math.ceil(all.length / most) }, (_, i) => {
    const items = all.slice(i * most, (i + 1) * most);
    return { items, first: i * most + 1, last: i * most + items.length };
  });
}
