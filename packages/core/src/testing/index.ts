/* What checks a plugin as a reviewer would, in one call each: `@xinc/core/testing`. For any test runner. */
export { checkLabelMap } from '../grouping.js';
export { checkPlugins } from '../plugin.js';
export { type AnalysisCheckOptions, type AnalysisMeasures, checkAnalysis } from './check-analysis.js';
export {
  type CollectedLayer,
  type CollectorCheckOptions,
  type CollectorMeasures,
  checkCollector,
} from './check-collector.js';
export { checkGrouping, type GroupingCheckOptions, type GroupingMeasures } from './check-grouping.js';
export { checkInr, type InrCheckOptions, type InrMeasures } from './check-inr.js';
export { checkPanel, type PanelCheckOptions } from './check-panel.js';
export { type GradientError, type GradientErrors, gradientErrors } from './gradient-errors.js';
export type { InrTolerance } from './network/built-network.js';
export type { LayerMeasures } from './network/layers.js';
export { differenceQuotient, type Reference, runReference } from './reference-ops.js';
export { drawnSignal, smallPicture, smallVideo } from './signals.js';
