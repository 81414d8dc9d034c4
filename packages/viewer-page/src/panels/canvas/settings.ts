import { choice, percent, type SettingValues } from '../../state/setting.js';

export const SETTINGS = {
  /** Opacity of the map over the picture, in [0, 1]. */
  opacity: percent('opacity', 0.75),
  /** The large picture. */
  picture: choice('picture', ['reconstruction', 'signal', 'error'], 'reconstruction'),
  /** What is ranked beside the picture; `null` for the region where there is one, else the pixel. */
  ranked: choice('ranked', ['pixel', 'region', 'groups'], null),
  /** How groups are ranked, see `GroupMeasure`. */
  measure: choice('measure', ['density', 'total'], 'density'),
};

export type PictureKind = SettingValues<typeof SETTINGS>['picture'];
