import { name } from '../../state/setting.js';

export const SETTINGS = {
  /** The run to compare with. */
  other: name('other', null),
  /** Its layer; `null` for the one that is nearest to the layer on screen. */
  otherLayer: name('other-layer', null),
};
