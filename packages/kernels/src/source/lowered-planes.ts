import type { Region } from '../region.js';
import { isIdentity, type PhasedAxis, reachOf } from './axis-sums.js';
import type { PlaneNode } from './plane-graph.js';

/** A plane as assembly/planes.ts makes it, row by row. Numbers are places in the list. */
export interface LoweredPlane {
  readonly height: number;
  readonly width: number;
  readonly functions: PlaneNode['functions'];
  readonly made:
    | { readonly kind: 'start' }
    | { readonly kind: 'across' | 'down'; readonly a: number; readonly axis: PhasedAxis }
    | { readonly kind: 'sum'; readonly a: number; readonly aSign: number; readonly b?: number; readonly bSign: number }
    | { readonly kind: 'factor'; readonly a: number; readonly by: Float32Array; readonly divide: boolean };
}

/** Sums along rows and columns are two planes. */
export function lower(nodes: readonly PlaneNode[]): LoweredPlane[] {
  const planes: LoweredPlane[] = [];
  const numbers = new Map<PlaneNode, number>();
  const add = (plane: LoweredPlane) => planes.push(plane) - 1;
  for (const node of nodes) {
    const { height, width, functions } = node;
    const at = (of: PlaneNode) => numbers.get(of)!;
    const end = { height, width, functions };
    if (node.kind === 'start') numbers.set(node, add({ ...end, made: { kind: 'start' } }));
    else if (node.kind === 'factor') {
      const { by, divide } = node;
      numbers.set(node, add({ ...end, made: { kind: 'factor', a: at(node.of), by, divide } }));
    } else if (node.kind === 'sum') {
      const { a, aSign, b, bSign } = node;
      const made = { kind: 'sum', a: at(a), aSign, bSign, ...(b && { b: at(b) }) } as const;
      numbers.set(node, add({ ...end, made }));
    } else {
      const { rows, columns } = node;
      let a = at(node.of);
      const alongRows = !isIdentity(columns);
      const alongColumns = !isIdentity(rows);
      if (alongRows) {
        const across = { height: rows.inputs, width, functions: alongColumns ? [] : functions };
        a = add({ ...across, made: { kind: 'across', a, axis: columns } });
      }
      if (alongColumns) a = add({ ...end, made: { kind: 'down', a, axis: rows } });
      else if (!alongRows) a = add({ ...end, made: { kind: 'sum', a, aSign: 1, bSign: 0 } });
      numbers.set(node, a);
    }
  }
  return planes;
}

/** A plane inside a region of the picture: what of it is made, and how many of its rows are kept. */
export interface PlaneWindow extends Region {
  readonly rowsKept: number;
}

export function planWindows(planes: readonly LoweredPlane[], region: Region): PlaneWindow[] {
  const windows = windowsOf(planes, region);
  const kept = rowsKept(planes, windows);
  return windows.map((window, i) => ({ ...window, rowsKept: kept[i] }));
}

/** Backwards from the region: what of each plane those behind it read. */
function windowsOf(planes: readonly LoweredPlane[], region: Region): Region[] {
  const windows = new Array<Region | undefined>(planes.length);
  const need = (plane: number, top: number, bottom: number, left: number, right: number) => {
    const known = windows[plane];
    const [y, x] = [Math.min(top, known?.top ?? top), Math.min(left, known?.left ?? left)];
    windows[plane] = {
      top: y,
      left: x,
      height: Math.max(bottom, known ? known.top + known.height : bottom) - y,
      width: Math.max(right, known ? known.left + known.width : right) - x,
    };
  };
  const { top, left, height, width } = region;
  need(planes.length - 1, top, top + height, left, left + width);
  for (let i = planes.length - 1; i >= 0; i--) {
    const window = windows[i]!;
    const [bottom, right] = [window.top + window.height, window.left + window.width];
    const { made } = planes[i];
    if (made.kind === 'start') continue;
    if (made.kind === 'across') need(made.a, window.top, bottom, ...reachOf(made.axis, window.left, right));
    else if (made.kind === 'down') need(made.a, ...reachOf(made.axis, window.top, bottom), window.left, right);
    else {
      need(made.a, window.top, bottom, window.left, right);
      if (made.kind === 'sum' && made.b !== undefined) need(made.b, window.top, bottom, window.left, right);
    }
  }
  return windows as Region[];
}

/** How many rows of each plane are asked for after later ones were made: rows are made as assembly/planes.ts makes them. */
function rowsKept(planes: readonly LoweredPlane[], windows: readonly Region[]): number[] {
  const next = windows.map(({ top }) => top);
  const kept = planes.map(() => 1);
  const make = (plane: number, row: number) => {
    const asked = rowsRead(planes[plane], row);
    for (const [input, y] of asked) {
      while (next[input] <= y) {
        make(input, next[input]);
        next[input]++;
      }
    }
    for (const [input, y] of asked) kept[input] = Math.max(kept[input], next[input] - y);
  };
  const { top, height } = windows[planes.length - 1];
  for (let row = top; row < top + height; row++) make(planes.length - 1, row);
  return kept;
}

function rowsRead({ made }: LoweredPlane, row: number): (readonly [plane: number, row: number])[] {
  if (made.kind === 'start') return [];
  if (made.kind === 'down') return made.axis.outputs[row].map(({ input }) => [made.a, input] as const).reverse();
  const rows: (readonly [number, number])[] = [[made.a, row]];
  if (made.kind === 'sum' && made.b !== undefined) rows.push([made.b, row]);
  return rows;
}
