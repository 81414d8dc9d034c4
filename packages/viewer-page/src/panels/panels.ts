import type { SettingGroup } from '../state/setting.js';
import { VIEW } from '../state/view.js';
import { figure } from './analyses/figure.js';
import { analyses } from './analyses/panel.js';
import { canvas } from './canvas/panel.js';
import { compare } from './compare/panel.js';
import { embedding } from './embedding/panel.js';
import { neuron } from './neuron/panel.js';
import { off } from './off/panel.js';
import type { PanelEntry } from './panel-entry.js';
import { pixel } from './pixel/panel.js';
import { stars } from './stars/panel.js';
import { time } from './time/panel.js';
import { training } from './training/panel.js';
import { wall } from './wall/panel.js';

/** The page's own panels, in the order of their tabs. */
export const PANELS: readonly PanelEntry[] = [
  wall,
  neuron,
  pixel,
  embedding,
  analyses,
  training,
  off,
  time,
  compare,
  stars,
];

/** What can be shown alone, in a frame of another page. */
export const ALONE: readonly PanelEntry[] = [canvas, ...PANELS, figure];

/** All settings of the page, but for those of plugins' panels. */
export const PAGE_SETTINGS: readonly SettingGroup[] = [
  VIEW,
  ...ALONE.flatMap(({ settings }) => (settings ? [settings] : [])),
];
