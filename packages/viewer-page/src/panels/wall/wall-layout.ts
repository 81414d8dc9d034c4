/** Places of equal cells in rows, of which only those on screen are made. All lengths in CSS pixels. */
export interface WallLayout {
  readonly columns: number;
  readonly rows: number;
  /** Height of a row, gap included. */
  readonly rowHeight: number;
  readonly cellWidth: number;
  readonly height: number;
}

/** Space between cells. */
export const GAP = 6;
/** Height of the line under a thumbnail, for letters of that size. */
export const captionHeight = (textSize: number): number => Math.round((16 / 13) * textSize);

/**
 * As many columns as fit; cells take up what is left over.
 * @param caption height of the line under a thumbnail
 */
export function layOutWall(
  count: number,
  room: number,
  wanted: number,
  proportions: number,
  caption: number,
): WallLayout {
  const columns = Math.max(1, Math.floor((room + GAP) / (wanted + GAP)));
  const cellWidth = Math.max(1, (room + GAP) / columns - GAP);
  const rowHeight = Math.round(cellWidth / proportions) + caption + GAP;
  const rows = Math.ceil(count / columns);
  return { columns, rows, rowHeight, cellWidth, height: rows * rowHeight };
}

/** Cells on screen, from `first` to before `end`, with some rows before and after. */
export function visibleCells(
  { columns, rowHeight, rows }: WallLayout,
  count: number,
  scrollTop: number,
  roomHeight: number,
  overscan = 1,
): { readonly first: number; readonly end: number } {
  const firstRow = Math.min(rows, Math.max(0, Math.floor(scrollTop / rowHeight) - overscan));
  const endRow = Math.max(firstRow, Math.ceil((scrollTop + roomHeight) / rowHeight) + overscan);
  return { first: Math.min(count, firstRow * columns), end: Math.min(count, endRow * columns) };
}
