import { filterSetting, leastSetting } from './neuron-filter.js';
import { neuronsSetting, offSetting } from './neuron-settings.js';
import { regionSetting } from './region-setting.js';
import { choice, count, name, percent, type Setting, type SettingValues, wholes } from './setting.js';
import { zoomSetting } from './zoom.js';

/** A pixel of the picture, counted from 0 at the top left. */
export interface Pixel {
  readonly row: number;
  readonly column: number;
}

const pixelSetting: Setting<Pixel | null> = {
  key: 'pixel',
  initial: null,
  format: (value) => value && `${value.row},${value.column}`,
  parse: (text) => {
    const values = wholes(text, 2);
    return values && { row: values[0], column: values[1] };
  },
};

/** What a person chose that concerns the whole page. What one panel alone reads is among the settings in that panel's folder. */
export const VIEW = {
  /** Ids; `null` until there is something to choose. */
  run: name('run', null),
  frame: count('frame', 0),
  layer: name('layer', null),
  /** The pixel whose neurons are ranked. */
  pixel: pixelSetting,
  region: regionSetting,
  /** The part of the picture that is seen, in all panels that show it. */
  zoom: zoomSetting,
  /** The neuron whose map is painted. */
  neuron: count('neuron', null),
  /** Selected neurons of the layer. */
  neurons: neuronsSetting,
  off: offSetting,
  /** The neurons that are shown. */
  only: filterSetting,
  onlyLeast: leastSetting,
  /** What colours of maps mean: each map has its own limits, or all of a layer share those of its largest contribution. */
  scale: choice('scale', ['own', 'shared'], 'own'),
  /** The grouping whose groups are ranked for the selected neurons. */
  grouping: name('grouping', null),
  /** The panel below the canvas. */
  panel: name('panel', 'wall'),
  theme: choice('theme', ['system', 'light', 'dark'], 'system'),
  /** The canvas's share of the height. */
  split: percent('split', 0.56, [0.2, 0.85]),
};

export type View = SettingValues<typeof VIEW>;
export type Theme = View['theme'];
