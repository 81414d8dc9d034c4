import type { Registry } from '@xinc/core/node';
import { type AnalysisPlan, asked, modelConfig, planAnalyses } from '@xinc/runs';
import type { StudyManifest } from './manifest.js';

/**
 * Refuses networks, settings and analyses that no plugin at hand has.
 * @throws XincError `invalid-option`
 */
export function checkWithPlugins(manifest: StudyManifest, registry: Registry): void {
  for (const { model, settings = {} } of manifest.networks) {
    const { plugin } = asked('model', () => registry.get('inr', model));
    modelConfig(plugin, settings);
  }
  analysisPlan(manifest, registry);
}

/** What is to be analysed of every run of a study. @throws XincError `invalid-option` */
export function analysisPlan(
  { analyses, analysisSettings, groupings, preset }: StudyManifest,
  registry: Registry,
): AnalysisPlan {
  return planAnalyses(registry, {
    ...(analyses && { analyses }),
    ...(analysisSettings && { settings: analysisSettings }),
    ...(groupings && { groupings }),
    ...(preset !== undefined && { preset }),
  });
}
