import type { LayerTotals } from '../../trace/layer-trace.js';
import { countForShare, sumOfSizes } from '../../trace/strongest.js';
import { type Spread, spreadOf } from './seed-spread.js';

/** What is said of a layer of each run, and its spread over runs. */
export const LAYER_FACTS = [
  { name: 'alive', head: 'Alive', title: 'Neurons that contribute anything to this frame', digits: 1 },
  {
    name: 'most',
    head: 'Make 90 %',
    title: 'How many of the strongest neurons make 90 % of Σ |c| over the frame',
    digits: 1,
  },
  { name: 'mean', head: 'Mean |c|', title: 'Mean |c| per neuron and pixel', digits: null },
  {
    name: 'faithfulness',
    head: 'ρ',
    title: 'Faithfulness: mean rank correlation of contribution with what the picture loses, where it was analysed',
    digits: 2,
  },
] as const;

type FactName = (typeof LAYER_FACTS)[number]['name'];

/** Of one layer of one run on one frame. */
export type LayerFacts = { readonly [Name in FactName]: number | undefined };

/** @param totals of all neurons; @param pixels of the frame */
export function layerFacts(totals: LayerTotals, pixels: number, faithfulness: number | undefined): LayerFacts {
  const { sums } = totals;
  return {
    alive: sums.reduce((count, sum) => count + Number(sum > 0), 0),
    most: countForShare(sums, 0.9),
    mean: sumOfSizes(sums) / (sums.length * pixels),
    faithfulness,
  };
}

/** The spread of a fact over runs that have it; `null` where fewer than two do, or one is no number. */
export function factSpread(runs: readonly LayerFacts[], name: FactName): Spread | null {
  return spreadOf(runs.flatMap((facts) => facts[name] ?? []));
}
