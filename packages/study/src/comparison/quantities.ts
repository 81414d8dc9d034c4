import { isXincError, XincError } from '@xinc/core';
import { type ClaimRun, layerRows, meanOverLayers } from '../claims/claim-runs.js';
import { neuronsPerPixel, pixelsPerNeuron, SPARSE } from '../claims/distributed.js';
import { layerVariances } from '../claims/variances.js';

/** A run with what networks are compared by. */
export interface ComparedRun {
  readonly claims: ClaimRun;
  readonly seed: number;
  /** dB. */
  readonly psnr: number;
  /** Training steps that were done. */
  readonly steps: number;
  /** Steps whose schedule the learning rate followed. */
  readonly plannedSteps: number;
  /** Of each matrix of weights. */
  readonly stableRanks: readonly number[];
}

/** One number of a run that two networks are compared by. */
export interface Quantity {
  /** In tables: `stable-rank`. */
  readonly name: string;
  readonly title: string;
  /** What it is. */
  readonly about: string;
  /** A factor is the ratio of geometric means, its values log₂; a difference has the unit of the values. */
  readonly by: 'factor' | 'difference';
  /** @throws XincError where the run does not have it */
  measure(run: ComparedRun): number;
}

const variance = (kind: string): Quantity => ({
  name: `variance-${kind}`,
  title: `Variance over ${kind}`,
  about: `median over neurons of the variance of a neuron's mean contributions over the groups of ${kind}, every pixel counting alike, with as many groups of each grouping (the middle of its bounds), mean over layers`,
  by: 'factor',
  measure: ({ claims }) =>
    meanOverLayers(
      layerVariances(claims, 'equal').map(({ layer, medians }) => {
        const value = medians.get(kind)?.middle;
        if (value === undefined) throw new XincError('not-found', `no variance over ${kind} in ${layer.id}`);
        return { layer, value };
      }),
    ),
});

/** What networks of one model are compared by, run by run. */
export const QUANTITIES: readonly Quantity[] = [
  {
    name: 'psnr',
    title: 'PSNR',
    about: 'PSNR of the reconstruction, dB',
    by: 'difference',
    measure: ({ psnr }) => psnr,
  },
  {
    name: 'steps',
    title: 'Training steps',
    about: 'training steps that were done',
    by: 'factor',
    measure: ({ steps }) => Math.log2(steps),
  },
  {
    name: 'schedule',
    title: 'Share of the schedule',
    about:
      'training steps that were done ÷ planned ones: where it is below 1, the learning rate had not come to its end',
    by: 'difference',
    measure: ({ steps, plannedSteps }) => steps / plannedSteps,
  },
  {
    name: 'neurons-per-pixel',
    title: 'Neurons per pixel',
    about:
      'share of a layer’s neurons whose significant contributions (α = 0.1) 90 % of the pixels get at least, mean over layers',
    by: 'factor',
    measure: ({ claims }) => neuronsPerPixel(claims) + Math.log2(SPARSE),
  },
  {
    name: 'pixels-per-neuron',
    title: 'Pixels per neuron',
    about:
      'share of pixels to which the median live neuron contributes more than the average neuron of its layer, mean over layers',
    by: 'factor',
    measure: ({ claims }) => pixelsPerNeuron(claims) + Math.log2(SPARSE),
  },
  ...['grid', 'rgb', 'gabor', 'instances'].map(variance),
  {
    name: 'faithfulness',
    title: 'Faithfulness',
    about:
      'rank correlation over pixels of a neuron’s |c| with the change of the picture without it, mean over neurons and layers',
    by: 'difference',
    measure: ({ claims }) =>
      meanOverLayers(
        layerRows(claims, 'faithfulness').map(({ layer, rows: [row] }) => {
          const value = row.rank_correlation;
          if (typeof value !== 'number' || !Number.isFinite(value)) {
            throw new XincError('numeric', `no rank correlation of ${layer.id}`);
          }
          return { layer, value };
        }),
      ),
  },
  {
    name: 'stable-rank',
    title: 'Stable rank',
    about: '‖W‖_F² ÷ ‖W‖₂² of the matrices of weights, a convolution’s kernel as [out, in·k·k], mean over matrices',
    by: 'factor',
    measure({ stableRanks }) {
      if (stableRanks.length === 0 || !stableRanks.every((rank) => rank > 0)) {
        throw new XincError('numeric', 'a matrix of weights has no stable rank');
      }
      return stableRanks.reduce((sum, rank) => sum + Math.log2(rank), 0) / stableRanks.length;
    },
  },
];

/** The value of a run, or a text where it does not have it. */
export function numberOf(quantity: Quantity, run: ComparedRun): number | string {
  try {
    const value = quantity.measure(run);
    return Number.isFinite(value) ? value : `no finite ${quantity.title}`;
  } catch (error) {
    if (!isXincError(error)) throw error;
    return error.message;
  }
}
