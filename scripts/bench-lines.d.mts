/** See bench-lines.mjs. */
export const RUNS: number;
export function ratio(line: {
  readonly name: string;
  readonly peer: string;
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
  readonly unit?: string;
  readonly target?: number;
  readonly note?: string;
}): void;
export function measured(line: {
  readonly name: string;
  readonly peer: string;
  readonly values: readonly number[];
  readonly unit: string;
  readonly most?: number;
  readonly least?: number;
  readonly note?: string;
}): void;
export function notMeasured(line: { readonly name: string; readonly peer: string; readonly why: string }): void;
export function processor(): string;
export function median(values: readonly number[]): number;
interface Row {
  readonly name: string;
  readonly peer: string;
  readonly measured: string;
}
export function readRows(path: string): Row[];
export function table(rows: readonly Row[]): string;
