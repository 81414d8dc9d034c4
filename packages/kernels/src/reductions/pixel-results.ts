import { REDUCERS, type ReduceResult, type ReducerName } from './reducers.js';

/**
 * Adds what a range gave per pixel to what earlier ranges did.
 * @param sums is changed
 * @returns what the range gave of its neurons
 */
export function takePixelResults(sums: Partial<Record<ReducerName, Float64Array>>, range: ReduceResult): ReduceResult {
  const ofNeurons: [string, unknown][] = [];
  for (const name of Object.keys(range) as ReducerName[]) {
    if (REDUCERS[name].over !== 'pixels') {
      ofNeurons.push([name, range[name]]);
      continue;
    }
    const part = range[name] as Float64Array;
    sums[name] ??= new Float64Array(part.length);
    const sum = sums[name];
    for (let p = 0; p < sum.length; p++) sum[p] += part[p];
  }
  return Object.fromEntries(ofNeurons);
}
