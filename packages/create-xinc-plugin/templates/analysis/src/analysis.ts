import { type ChartFigure, defineAnalysis, type LayerInfo, listed, type Omission, type Table } from '@xinc/core';
import { z } from 'zod';

/** Every option has a default and a description; `--set my-analysis.share=0.9` changes one, `xinc plugins` lists them. */
const options = z.object({
  share: z.coerce.number().gt(0).lt(1).default(0.5).describe("Share of a layer's contributions that is looked for"),
});
type Options = z.infer<typeof options>;

/** A layer on a frame, with the totals A_n = Σ_p |c_n(p)| of its neurons, largest first. */
interface Ranked {
  readonly frame: number;
  readonly layer: LayerInfo;
  readonly totals: Float64Array;
  readonly sum: number;
}

/** How few neurons give how much of what a layer contributes. */
export const analysis = defineAnalysis<Options>({
  kind: 'analysis',
  name: 'my-analysis',
  title: 'How few neurons do the work',
  description: 'How many of its strongest neurons give a share of what a layer contributes to the picture?',
  options,
  // What is gathered of every layer and frame; statistics that several analyses want are gathered once.
  request: () => ({ neuronTotals: true }),
  analyze({ share }, { layers, frames, statistics }) {
    const ranked: Ranked[] = [];
    const omissions: Omission[] = [];
    for (const frame of frames) {
      for (const layer of layers) {
        const totals = statistics(layer.id, frame).neuronTotals!.sum.toSorted((a, b) => b - a);
        const sum = totals.reduce((all, total) => all + total, 0);
        // What has no share to tell is left out with the reason.
        if (sum > 0 && Number.isFinite(sum)) ranked.push({ frame, layer, totals, sum });
        else omissions.push({ layer: layer.id, frames: [frame], why: sum === 0 ? 'nothing contributes.' : NO_NUMBER });
      }
    }
    const first = ranked.filter(({ frame }) => frame === frames[0]);
    return {
      findings: first.length === 0 ? [] : [findingOf(first, share)],
      tables: [tableOf(ranked, share)],
      arrays: [],
      figures: first.length === 0 ? [] : [figureOf(first)],
      values: { effective: ranked.map(effectiveNeurons) },
      omissions,
    };
  },
});

const NO_NUMBER = 'its contributions do not add up to a number.';

/** The smallest number of neurons whose totals add up to a share of the layer's. */
export function neuronsFor({ totals, sum }: Pick<Ranked, 'totals' | 'sum'>, share: number): number {
  let added = 0;
  for (const [rank, total] of totals.entries()) {
    added += total;
    if (added >= share * sum) return rank + 1;
  }
  return totals.length;
}

/** (Σ A)² / Σ A²: N where N neurons contribute equally, 1 where one does alone. */
export function effectiveNeurons({ totals, sum }: Pick<Ranked, 'totals' | 'sum'>): number {
  return sum ** 2 / totals.reduce((all, total) => all + total ** 2, 0);
}

/** A plain sentence with numbers, for the terminal and the report. */
function findingOf(ranked: readonly Ranked[], share: number): string {
  const counts = ranked.map((one) => `${neuronsFor(one, share)} of ${one.layer.neurons} in ${one.layer.id}`);
  return `The strongest neurons that give ${share} of a layer's contributions: ${listed(counts)}.`;
}

function tableOf(ranked: readonly Ranked[], share: number): Table {
  return {
    name: 'neurons',
    title: `Neurons that give ${share} of a layer's contributions`,
    columns: [
      { name: 'frame', description: 'Frame' },
      { name: 'layer', description: 'Layer' },
      { name: 'neurons', unit: 'neurons', description: 'Neurons of the layer' },
      { name: 'needed', unit: 'neurons', description: `The fewest that give ${share} of all contributions` },
      { name: 'effective', unit: 'neurons', description: '(Σ A)² / Σ A² of their total contributions A' },
    ],
    rows: ranked.map((one) => [
      one.frame,
      one.layer.id,
      one.layer.neurons,
      neuronsFor(one, share),
      effectiveNeurons(one),
    ]),
  };
}

/** A Vega-Lite chart; its colours and fonts are the reader's theme's. */
function figureOf(ranked: readonly Ranked[]): ChartFigure {
  const values = ranked.flatMap(({ layer, totals, sum }) => {
    let added = 0;
    const curve = [...totals].map((total, rank) => {
      added += total;
      return { layer: layer.label, neurons: (100 * (rank + 1)) / totals.length, contributions: (100 * added) / sum };
    });
    // A layer may have thousands of neurons, and a chart has some hundred pixels.
    const step = Math.ceil(curve.length / 200);
    return curve.filter((_, rank) => rank % step === 0 || rank === curve.length - 1);
  });
  const axis = (field: string, title: string) => ({
    field,
    type: 'quantitative',
    title,
    scale: { domain: [0, 100] },
  });
  return {
    kind: 'chart',
    name: 'shares',
    title: 'What the strongest neurons give',
    caption:
      'Neurons of each layer from the strongest on. The further a curve bends up, the fewer neurons do the work.',
    spec: {
      $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
      data: { values },
      width: 460,
      height: 260,
      mark: { type: 'line', tooltip: true },
      encoding: {
        x: axis('neurons', 'strongest neurons, % of the layer'),
        y: axis('contributions', 'their contributions, % of the layer'),
        color: { field: 'layer', type: 'nominal', title: 'layer', sort: ranked.map(({ layer }) => layer.label) },
      },
    },
  };
}
