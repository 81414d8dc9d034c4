import { defineAnalysis } from '@xinc/core';
import { z } from 'zod';

/** How many neurons give next to nothing. */
export const quietNeurons = defineAnalysis({
  kind: 'analysis',
  name: 'quiet-neurons',
  title: 'Quiet neurons',
  description: 'How many neurons contribute less than a share of what the average neuron does?',
  options: z.object({ share: z.number().positive().default(0.01).describe('Share of the average total contribution') }),
  request: () => ({ neuronTotals: true }),
  analyze({ share }, { layers, frames, statistics }) {
    const rows = frames.flatMap((frame) =>
      layers.map(({ id, neurons }) => {
        const { sum } = statistics(id, frame).neuronTotals;
        const average = sum.reduce((a, b) => a + b, 0) / neurons;
        return [frame, id, neurons, sum.filter((total) => total < share * average).length];
      }),
    );
    const quiet = rows.reduce((total, row) => total + row[3], 0);
    const columns = [
      { name: 'frame', description: 'Frame' },
      { name: 'layer', description: 'Layer' },
      { name: 'neurons', unit: 'neurons', description: 'Neurons of the layer' },
      { name: 'quiet', unit: 'neurons', description: `Those below ${share} of the average` },
    ];
    return {
      findings: [`${quiet} neurons contribute less than ${share} of what the average neuron of their layer does.`],
      tables: [{ name: 'quiet', title: 'Quiet neurons', columns, rows }],
      arrays: [],
      figures: [],
    };
  },
});
