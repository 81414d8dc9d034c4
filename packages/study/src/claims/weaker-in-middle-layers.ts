import { counted, inWords, XincError } from '@xinc/core';
import { type Claim, type ClaimSample, measureRuns, networksOf, TIE } from './claim.js';
import { type ClaimRun, meanOverLayers } from './claim-runs.js';
import { othersOf, spaceNote, spaceTrend } from './space-varies-least.js';
import { effectOf, mean } from './statistics/bootstrap.js';
import {
  chosen,
  EQUAL_GROUPS,
  type Kind,
  layerVariances,
  type Measure,
  pairingsOf,
  readableVariances,
} from './variances.js';

const CLAIM: Claim = {
  name: 'weaker-in-middle',
  title: 'Weaker in middle layers',
  section: '7.2',
  factor:
    'factor of “Space varies least” in a network of images, where it is above 1, ÷ the same in the middle layers of a network of videos',
  above: 1,
};

/**
 * "The trends for space are weaker with the middle layers of NeRV than with the FFN": every network of frames is held against every network of pixels, by
 * the groupings that both have of the signal. Signals in which the network of pixels has no such trend are left out: there is none to be weaker.
 */
export function weakerInMiddleLayers(runs: readonly ClaimRun[], measure: Measure): ClaimSample[] {
  const of = (sampling: ClaimRun['sampling']) => networksOf(runs.filter((run) => run.sampling === sampling));
  const samples = of('frames').flatMap((frames) =>
    of('pixels').map((pixels) => compare(runs, pixels, frames, measure)),
  );
  if (samples.length > 0) return samples;
  const missing = of('frames').length === 0 ? 'videos, such as nerv' : 'images, such as ffn';
  return [{ claim: CLAIM, network: '–', says: '', signals: [], leftOut: [`no run is of a network of ${missing}`] }];
}

function compare(runs: readonly ClaimRun[], pixels: string, frames: string, measure: Measure): ClaimSample {
  const own = runs.filter(({ network }) => network === pixels || network === frames);
  const common = commonGroupings(own, measure);
  const trendsOf = (
    network: string,
    layersOf: (run: ClaimRun) => ReadonlySet<string>,
    by: Measure,
    pairings = pairingsOf(by),
  ) =>
    measureRuns(
      own.filter((run) => run.network === network),
      (run) => {
        const layers = layersOf(run);
        const variances = layerVariances(run, by).filter(({ layer }) => layers.has(layer.id));
        return meanOverLayers(spaceTrend(variances, common.get(run.signal)?.others ?? [], by, pairings));
      },
    );
  const ofPixels = trendsOf(pixels, allOf, measure);
  const ofFrames = trendsOf(frames, middleOf, OPPOSITE[measure]);
  const alongside = pairingsOf(measure).map((pairing) => ({
    ofPixels: trendsOf(pixels, allOf, measure, [pairing]),
    ofFrames: trendsOf(frames, middleOf, measure, [pairing]),
  }));
  // The same of each measure whose values are compared with one another: they are of the same signals.
  const variants = measure === 'published' ? [ofPixels] : EQUAL_GROUPS.map((by) => trendsOf(pixels, allOf, by));
  const leftOut = [...ofPixels.leftOut, ...ofFrames.leftOut];
  const withoutTrend: string[] = [];
  const measured: string[] = [];
  const signals = [...new Set(own.map(({ signal }) => signal))].flatMap((signal) => {
    const [values, against] = [ofPixels.bySignal.get(signal), ofFrames.bySignal.get(signal)];
    if (values === undefined || against === undefined) {
      if (values ?? against) leftOut.push(`${signal}: no value of ${values === undefined ? pixels : frames}`);
      return [];
    }
    measured.push(signal);
    const why = lackOfTrend(
      pixels,
      variants.map(({ bySignal }) => mean(bySignal.get(signal)!)),
    );
    if (why === undefined) {
      if (!common.get(signal)!.isMergedAlike) return [{ signal, values, against }];
      const pairs = alongside.map((one) => ({
        signal,
        values: one.ofPixels.bySignal.get(signal)!,
        against: one.ofFrames.bySignal.get(signal)!,
      }));
      return [chosen(measure, pairs, effectOf)];
    }
    withoutTrend.push(`${signal}: ${why}`);
    return [];
  });
  const notes = [
    spaceNote(own, measure),
    ...(withoutTrend.length > 0
      ? [`Left out, without this trend in ${pixels}: ${counted(withoutTrend.length, 'signal')}.`]
      : []),
  ].filter((note) => note !== undefined);
  return {
    claim: CLAIM,
    network: `${pixels} : ${frames}`,
    says: `in which space varies least in ${pixels}, this trend is weaker in the middle layers of ${frames}`,
    signals,
    premises: variants.map(({ bySignal }) => measured.map((signal) => ({ signal, values: bySignal.get(signal)! }))),
    leftOut: [...leftOut, ...withoutTrend],
    ...(notes.length > 0 && { note: notes.join(' ') }),
  };
}

/** What the trend in a network of frames is where the factor, of which it is the divisor, is the least or the greatest. */
const OPPOSITE = { published: 'published', equal: 'equal', least: 'most', most: 'least' } as const;

/** Why it cannot be said that space varies least in a network, by the log₂ factors of one signal; `undefined` where all are above that of 1. */
function lackOfTrend(network: string, effects: readonly number[]): string | undefined {
  const [least, most] = [Math.min(...effects), Math.max(...effects)];
  if (least > TIE) return undefined;
  const [low, high] = [inWords(2 ** least), inWords(2 ** most)];
  const factor = low === high ? low : `${low} to ${high}`;
  return `space ${most > TIE ? 'may or may not' : 'does not'} vary least in ${network} (factor ${factor})`;
}

const allOf = ({ layers }: ClaimRun): ReadonlySet<string> => new Set(layers.map(({ id }) => id));

/** Layers that are neither the first nor the last. @throws XincError `unsupported` where there are none */
function middleOf({ layers }: ClaimRun): ReadonlySet<string> {
  if (layers.length < 3) throw new XincError('unsupported', 'no layer between the first and the last');
  return new Set(layers.slice(1, -1).map(({ id }) => id));
}

/** What all runs of a signal hold against space. */
interface Common {
  readonly others: readonly Kind[];
  /** Whether each of these groupings was merged from as many groups in all runs: then it lies alike between its bounds. */
  readonly isMergedAlike: boolean;
}

function commonGroupings(runs: readonly ClaimRun[], measure: Measure): Map<string, Common> {
  const read = readableVariances(runs, measure);
  return new Map(
    [...new Set(read.map(({ run }) => run.signal))].map((signal) => {
      const all = read.filter(({ run }) => run.signal === signal).map(({ variances }) => variances);
      const others = all.map(othersOf).reduce((one, two) => one.filter((kind) => two.includes(kind)));
      const isMergedAlike = (['grid', ...others] as const).every((kind) => {
        const mergings = all.flatMap((variances) => variances.map(({ medians }) => medians.get(kind)?.merging));
        return new Set(mergings).size === 1;
      });
      return [signal, { others, isMergedAlike }];
    }),
  );
}
