import type { Spec } from './link-neurons.js';

/** Where a specification holds others of what it is drawn of. */
const PARTS = ['layer', 'concat', 'hconcat', 'vconcat'];

/** The specification with plots as many times larger: extents in pixels, and steps of one. Letters are the configuration's. */
export function enlargeChart(spec: Spec, times: number): Spec {
  if (times === 1) return spec;
  const enlarged: Record<string, unknown> = { ...spec };
  for (const key of ['width', 'height']) {
    const extent = spec[key];
    if (typeof extent === 'number') enlarged[key] = Math.round(extent * times);
    else if (isSpec(extent) && typeof extent.step === 'number')
      enlarged[key] = { ...extent, step: extent.step * times };
  }
  for (const key of PARTS) {
    const parts = spec[key];
    if (Array.isArray(parts)) enlarged[key] = parts.map((part) => (isSpec(part) ? enlargeChart(part, times) : part));
  }
  if (isSpec(spec.spec)) enlarged.spec = enlargeChart(spec.spec, times);
  return enlarged;
}

function isSpec(value: unknown): value is Spec {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
