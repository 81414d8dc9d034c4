import type { Plugin } from '@xinc/core';
import { canvas } from './analyses/canvas.js';
import { groupingVarianceAnalysis } from './analyses/grouping-variance.js';
import { grid } from './groupings/grid.js';
import { instances } from './groupings/instances.js';
import { rgb } from './groupings/rgb.js';

/** The groupings and analyses of the paper, and those beyond it. */
const plugins: readonly Plugin[] = [rgb, grid, instances, canvas, groupingVarianceAnalysis];

export default plugins;
