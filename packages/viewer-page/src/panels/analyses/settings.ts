import { name } from '../../state/setting.js';

export const SETTINGS = {
  /** The analysis whose results are shown; `null` for the first. */
  analysis: name('analysis', null),
  /** The figure of it that is shown where one is shown alone; `null` for the first. */
  figure: name('figure', null),
};
