import { choice, flag, name } from '../../state/setting.js';

export const SETTINGS = {
  /** The run to compare with. */
  other: name('other', null),
  /** Whether all runs of the signal are shown, with their spread, in place of one. */
  allRuns: flag('all-runs', false, { yes: 'yes', no: 'no' }),
  /** Which of its neurons is shown beside one of this run: the one whose map is most like it, or the one of the same number. */
  beside: choice('beside', ['match', 'number'], 'match'),
  /** Its layer; `null` for the one that is nearest to the layer on screen. */
  otherLayer: name('other-layer', null),
};
