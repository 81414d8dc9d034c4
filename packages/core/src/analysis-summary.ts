import type { NamedArray } from './analysis.js';
import type { Omission } from './omission.js';

/** What a stored analysis found, and the files of its figures, tables and arrays: paths inside the run, joined with `/`. */
export interface AnalysisSummary {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly findings: readonly string[];
  readonly notes: readonly string[];
  readonly omissions: readonly Omission[];
  readonly figures: readonly {
    readonly kind: 'chart' | 'raster';
    readonly name: string;
    readonly title: string;
    readonly caption: string;
    /** The Vega-Lite specification of a chart; a raster's SVG. */
    readonly file: string;
  }[];
  readonly tables: readonly { readonly name: string; readonly title: string; readonly file: string }[];
  readonly arrays: readonly (Pick<NamedArray, 'name' | 'frame' | 'layer'> & {
    readonly shape: readonly number[];
    readonly file: string;
  })[];
}
