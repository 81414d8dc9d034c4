import type { SelectedRegion } from './selected-region.js';

/** A pixel of the picture, counted from 0 at the top left. */
export interface Pixel {
  readonly row: number;
  readonly column: number;
}

/** What colours of maps mean: each map has its own limits, or all of a layer share those of its largest contribution. */
export type ScaleMode = 'own' | 'shared';
export type Theme = 'system' | 'light' | 'dark';
export type PictureKind = 'reconstruction' | 'signal' | 'error';
/** What is ranked beside the picture. */
export type RankedBy = 'pixel' | 'region' | 'groups';
/** `total`: S = Σ_p |c|. `density`: S ÷ |g|, what is given to the average pixel of the group. */
export type GroupMeasure = 'density' | 'total';
/** What the points of an embedding are coloured by. */
export type Coloring = 'cluster' | 'layer' | 'run' | 'total';
export type StepAxis = 'linear' | 'log';
export type WallOrder = 'total' | 'region' | 'index' | 'cluster';

/** Everything that a person chose to look at: what the address of the page holds. */
export interface View {
  /** Ids; `null` until there is something to choose. */
  readonly run: string | null;
  readonly frame: number;
  readonly layer: string | null;
  /** The pixel whose neurons are ranked. */
  readonly pixel: Pixel | null;
  readonly region: SelectedRegion | null;
  /** The neuron whose map is painted. */
  readonly neuron: number | null;
  /** Selected neurons of the layer, ascending. */
  readonly neurons: readonly number[];
  /** Neurons that are switched off, per layer. */
  readonly off: Readonly<Record<string, readonly number[]>>;
  readonly scale: ScaleMode;
  /** Opacity of the map over the picture, in [0, 1]. */
  readonly opacity: number;
  /** The large picture. */
  readonly picture: PictureKind;
  /** `null` for the region where there is one, else the pixel. */
  readonly ranked: RankedBy | null;
  /** The grouping whose groups are ranked for the selected neurons. */
  readonly grouping: string | null;
  readonly measure: GroupMeasure;
  /** The panel below the canvas. */
  readonly panel: string;
  /** What is embedded: the `layer`, all `layers`, or the analysis of that name, which puts several runs together. */
  readonly embedding: string;
  /** `null` for what suits what is embedded. */
  readonly coloring: Coloring | null;
  /** The analysis whose results are shown. */
  readonly analysis: string | null;
  readonly order: WallOrder;
  /** Whether the wall leaves dead neurons out. */
  readonly alive: boolean;
  /** A second run to compare with. */
  readonly other: string | null;
  /** Its layer; `null` for the one that is nearest to `layer`. */
  readonly otherLayer: string | null;
  /** How the curve of training spreads the steps. */
  readonly steps: StepAxis;
  readonly theme: Theme;
  /** The canvas's share of the height, in [0.2, 0.85]. */
  readonly split: number;
}

export const INITIAL_VIEW: View = {
  run: null,
  frame: 0,
  layer: null,
  pixel: null,
  region: null,
  neuron: null,
  neurons: [],
  off: {},
  scale: 'own',
  opacity: 0.75,
  picture: 'reconstruction',
  ranked: null,
  grouping: null,
  measure: 'density',
  panel: 'wall',
  embedding: 'layer',
  coloring: null,
  analysis: null,
  order: 'total',
  alive: true,
  other: null,
  otherLayer: null,
  steps: 'linear',
  theme: 'system',
  split: 0.56,
};
