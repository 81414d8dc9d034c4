import { choice, flag, type SettingValues } from '../../state/setting.js';

export const SETTINGS = {
  order: choice('order', ['total', 'region', 'index', 'cluster'], 'total'),
  /** Whether dead neurons are left out. */
  alive: flag('dead', true, { yes: 'hidden', no: 'shown' }),
};

export type WallOrder = SettingValues<typeof SETTINGS>['order'];
