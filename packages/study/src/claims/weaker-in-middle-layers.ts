import { XincError } from '@xinc/core';
import { type Claim, type ClaimSample, measureRuns, networksOf } from './claim.js';
import { type ClaimRun, meanOverLayers } from './claim-runs.js';
import { othersOf, spaceNote, spaceTrend } from './space-varies-least.js';
import { type Kind, layerVariances, type Measure, readableVariances } from './variances.js';

const CLAIM: Claim = {
  name: 'weaker-in-middle',
  title: 'Weaker in middle layers',
  section: '7.2',
  factor: 'the factor of space-least in a network of pixels ÷ in the middle layers of a network of frames',
  above: 1,
};

/**
 * "The trends for space are weaker with the middle layers of NeRV than with the FFN": every network of frames is held against every network of pixels, by
 * the groupings that both have of the signal.
 */
export function weakerInMiddleLayers(runs: readonly ClaimRun[], measure: Measure): ClaimSample[] {
  const of = (sampling: ClaimRun['sampling']) => networksOf(runs.filter((run) => run.sampling === sampling));
  const samples = of('frames').flatMap((frames) =>
    of('pixels').map((pixels) => compare(runs, pixels, frames, measure)),
  );
  if (samples.length > 0) return samples;
  const missing = of('frames').length === 0 ? 'frames, such as nerv' : 'pixels, such as ffn';
  return [{ claim: CLAIM, network: '–', says: '', signals: [], leftOut: [`no run is of a network of ${missing}`] }];
}

function compare(runs: readonly ClaimRun[], pixels: string, frames: string, measure: Measure): ClaimSample {
  const own = runs.filter(({ network }) => network === pixels || network === frames);
  const common = commonGroupings(own, measure);
  const trendOf = (run: ClaimRun, layers: ReadonlySet<string>) => {
    const variances = layerVariances(run, measure).filter(({ layer }) => layers.has(layer.id));
    return meanOverLayers(spaceTrend(variances, common.get(run.signal) ?? []));
  };
  const ofPixels = measureRuns(
    own.filter(({ network }) => network === pixels),
    (run) => trendOf(run, new Set(run.layers.map(({ id }) => id))),
  );
  const ofFrames = measureRuns(
    own.filter(({ network }) => network === frames),
    (run) => trendOf(run, middleOf(run)),
  );
  const leftOut = [...ofPixels.leftOut, ...ofFrames.leftOut];
  const signals = [...new Set(own.map(({ signal }) => signal))].flatMap((signal) => {
    const [values, against] = [ofPixels.bySignal.get(signal), ofFrames.bySignal.get(signal)];
    if (values !== undefined && against !== undefined) return [{ signal, values, against }];
    if (values !== undefined || against !== undefined) {
      leftOut.push(`${signal}: no value of ${values === undefined ? pixels : frames}`);
    }
    return [];
  });
  const note = spaceNote(own, measure);
  return {
    claim: CLAIM,
    network: `${pixels} : ${frames}`,
    says: `the trend that space varies least is weaker in the middle layers of ${frames} than in ${pixels}`,
    signals,
    leftOut,
    ...(note !== undefined && { note }),
  };
}

/** Layers that are neither the first nor the last. @throws XincError `unsupported` where there are none */
function middleOf({ layers }: ClaimRun): ReadonlySet<string> {
  if (layers.length < 3) throw new XincError('unsupported', 'no layer between the first and the last');
  return new Set(layers.slice(1, -1).map(({ id }) => id));
}

/** What all runs of a signal hold against space. */
function commonGroupings(runs: readonly ClaimRun[], measure: Measure): Map<string, Kind[]> {
  const common = new Map<string, Kind[]>();
  for (const { run, variances } of readableVariances(runs, measure)) {
    const others = othersOf(variances);
    common.set(run.signal, common.get(run.signal)?.filter((kind) => others.includes(kind)) ?? others);
  }
  return common;
}
