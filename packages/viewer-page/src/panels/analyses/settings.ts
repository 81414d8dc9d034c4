import { name } from '../../state/setting.js';

export const SETTINGS = {
  /** The analysis whose results are shown; `null` for the first. */
  analysis: name('analysis', null),
};
