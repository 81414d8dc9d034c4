import { isAddressText } from '@xinc/core/formats';
import { choice, flag, name, percent, type Setting } from '../../state/setting.js';

/** Ids of runs, which hold no blanks. */
function runs(key: string): Setting<readonly string[]> {
  return {
    key,
    initial: [],
    format: (ids) => (ids.length > 0 ? ids.join(' ') : null),
    parse: (text) => {
      const ids = text.split(' ');
      return ids.every((id) => isAddressText(id)) ? ids : undefined;
    },
  };
}

export const SETTINGS = {
  /** The run to compare with. */
  other: name('other', null),
  /** Whether all runs of the signal are shown, with their spread, in place of one. */
  allRuns: flag('all-runs', false, { yes: 'yes', no: 'no' }),
  /** Those of them that a person left out. */
  withoutRuns: runs('without-runs'),
  /** The least correlation of two maps that are called matched. */
  matchFrom: percent('match-from', 0.7),
  /** Which of its neurons is shown beside one of this run: the one whose map is most like it, or the one of the same number. */
  beside: choice('beside', ['match', 'number'], 'match'),
  /** Its layer; `null` for the one that is nearest to the layer on screen. */
  otherLayer: name('other-layer', null),
};
