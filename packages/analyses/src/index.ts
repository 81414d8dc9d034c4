import type { Plugin } from '@xinc/core';
import { canvas } from './analyses/canvas/canvas.js';
import { completeness } from './analyses/completeness.js';
import { contributionDistribution } from './analyses/contribution-distribution.js';
import { faithfulness } from './analyses/faithfulness/faithfulness.js';
import { groupingVarianceAnalysis } from './analyses/grouping-variance/grouping-variance.js';
import { intensityEdges } from './analyses/intensity-edges.js';
import { motion } from './analyses/motion.js';
import { neuronClusters } from './analyses/neuron-clusters/neuron-clusters.js';
import { neuronsPerPixel } from './analyses/neurons-per-pixel.js';
import { objects } from './analyses/objects/objects.js';
import { pixelsPerNeuron } from './analyses/pixels-per-neuron.js';
import { categories } from './groupings/categories.js';
import { gabor } from './groupings/gabor.js';
import { grid } from './groupings/grid.js';
import { instances } from './groupings/instances.js';
import { rgb } from './groupings/rgb.js';

/** The groupings and analyses of the paper, and those beyond it, in the order a report shows them. */
const plugins: readonly Plugin[] = [
  instances,
  rgb,
  gabor,
  grid,
  categories,
  canvas,
  groupingVarianceAnalysis,
  pixelsPerNeuron,
  neuronsPerPixel,
  contributionDistribution,
  objects,
  motion,
  intensityEdges,
  neuronClusters,
  completeness,
  faithfulness,
];

export default plugins;
