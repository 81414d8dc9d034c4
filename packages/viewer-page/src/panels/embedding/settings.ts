import { choice, name } from '../../state/setting.js';

export const SETTINGS = {
  /** What is embedded: the `layer`, all `layers`, or the analysis of that name, which puts several runs together. */
  embedding: name('embedding', 'layer'),
  /** What the points are coloured by; `null` for what suits what is embedded. */
  coloring: choice('coloring', ['cluster', 'layer', 'run', 'total'], null),
};
