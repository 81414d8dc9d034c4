import { defineAnalysis, type Omission, percent } from '@xinc/core';
import { z } from 'zod';

/** Every option has a default and a description; `--set my-panel.count=20` changes one, `xinc plugins` lists them. */
const options = z.object({
  count: z.coerce.number().int().min(1).max(1000).default(12).describe('Neurons of each layer that are listed'),
});
type Options = z.infer<typeof options>;

/** The neurons of each layer that contribute most: the table that the panel shows. */
export const strongest = defineAnalysis<Options>({
  kind: 'analysis',
  name: 'my-panel',
  title: 'Strongest neurons',
  description:
    'Which neurons of each layer contribute most to the picture, and how much of all that their layer gives?',
  options,
  // What is gathered of every layer and frame; statistics that several analyses want are gathered once.
  request: () => ({ neuronTotals: true }),
  analyze({ count }, { layers, frames, statistics }) {
    const omissions: Omission[] = [];
    const rows = frames.flatMap((frame) =>
      layers.flatMap((layer) => {
        // A_n = Σ_p |c_n(p)|
        const { sum } = statistics(layer.id, frame).neuronTotals!;
        const all = sum.reduce((total, one) => total + one, 0);
        // What has no share to tell is left out with the reason.
        if (!(all > 0 && Number.isFinite(all))) {
          omissions.push({ layer: layer.id, frames: [frame], why: all === 0 ? 'nothing contributes.' : NO_NUMBER });
          return [];
        }
        return [...sum.keys()]
          .filter((n) => sum[n] > 0)
          .sort((a, b) => sum[b] - sum[a])
          .slice(0, count)
          .map((n, rank) => [frame, layer.id, rank + 1, n, sum[n] / all]);
      }),
    );
    return {
      findings: layers.flatMap(({ id }) => {
        const shares = rows
          .filter(([frame, layer]) => frame === frames[0] && layer === id)
          .map((row) => Number(row[4]));
        const together = shares.reduce((total, share) => total + share, 0);
        if (shares.length === 0) return [];
        return [`The ${shares.length} strongest neurons of ${id} give ${percent(together)} of its contributions.`];
      }),
      // Written to analysis/my-panel/strongest.csv of the run, and shown in the report.
      tables: [
        {
          name: 'strongest',
          title: 'Strongest neurons',
          columns: [
            { name: 'frame', description: 'Frame' },
            { name: 'layer', description: 'Layer' },
            { name: 'rank', description: '1 for the strongest' },
            { name: 'neuron', description: 'Index of the neuron' },
            { name: 'share', unit: 'fraction', description: "Its part of the layer's contributions" },
          ],
          rows,
        },
      ],
      arrays: [],
      figures: [],
      omissions,
    };
  },
});

const NO_NUMBER = 'its contributions do not add up to a number.';
