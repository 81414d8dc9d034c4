/** A picture of a result, as data: analyses make these, the report, the CLI and the viewer draw them. */
export type Figure = ChartFigure | RasterFigure;

interface FigureBase {
  /** File name stem, unique in its analysis. */
  readonly name: string;
  readonly title: string;
  /** What is drawn and how to read it, one or two sentences. */
  readonly caption: string;
  /** The moment that a figure of one frame of a video shows. */
  readonly moment?: FigureMoment;
}

/** Figures of one series differ in the frame alone: a report shows them in one place, with a choice of frames. */
export interface FigureMoment {
  readonly series: string;
  readonly frame: number;
}

/**
 * A Vega-Lite v6 specification with its data inline. It sets no colours of text, axes or background and no fonts: the
 * reader's theme (light, dark, print) does.
 */
export interface ChartFigure extends FigureBase {
  readonly kind: 'chart';
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Pictures side by side: contribution maps, totals per pixel, label maps. */
export interface RasterFigure extends FigureBase {
  readonly kind: 'raster';
  readonly panels: readonly RasterPanel[];
  /** Panels per row; by default what fits. */
  readonly columns?: number;
  /** The scale that panels without one of their own share. */
  readonly scale?: RasterScale;
}

export interface RasterPanel {
  /** Short, below or above the panel. */
  readonly title: string;
  readonly height: number;
  readonly width: number;
  readonly pixels:
    | {
        readonly kind: 'values' /** [H·W] */;
        readonly values: Float32Array | Float64Array;
        readonly scale?: RasterScale;
      }
    | { readonly kind: 'rgb' /** [H·W·3] in [0, 1] */; readonly rgb: Float32Array }
    | { readonly kind: 'labels'; readonly labels: Uint16Array; readonly colors: readonly string[] };
}

export interface RasterScale {
  /** `sequential` (0 to large: inferno-like) or `diverging` around zero. */
  readonly map: 'sequential' | 'diverging';
  readonly domain: readonly [number, number];
  /** What the numbers are, for the colour bar: "|c|, contribution". */
  readonly label: string;
}
