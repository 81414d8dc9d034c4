import { type Activation, type SignalShape, XincError } from '@xinc/core';
import type { NervConfig } from './config.js';
import type { Encoding } from './encoding.js';
import { type StemExtent, stemExtent } from './stem-extent.js';
import { reduceWidths, solveWidth } from './widths.js';

/** The network with every extent fixed; all else (parameters, forward pass, hooks) is read off it. */
export interface Architecture {
  readonly encoding: Encoding;
  /** Neurons of the dense layers between encoding and stem. */
  readonly stemWidths: readonly number[];
  readonly stem: StemExtent & { readonly channels: number };
  /** `block1` … in order, each from the maps before it to `channels` maps that are `stride` times as high and wide. */
  readonly blocks: readonly Block[];
  readonly head: Convolution;
  readonly activation: Activation;
  readonly output: NervConfig['output'];
}

export interface Convolution {
  readonly id: string;
  readonly inChannels: number;
  /** For a block the channels before the pixel shuffle, C'·s². */
  readonly outChannels: number;
  readonly kernelSize: number;
}

interface Block extends Convolution {
  readonly stride: number;
}

/** The colours of the signal, which the head has one output for each. */
export const CHANNELS = ['r', 'g', 'b'] as const;

/**
 * @throws XincError `invalid-option` where strides do not reach the signal's size, lists do not fit the number of blocks,
 * or the budget does not pay for one channel.
 */
export function planArchitecture(config: NervConfig, signal: SignalShape): Architecture {
  const { strides } = config;
  const extent = stemExtent(signal, strides);
  const kernelSizes = kernelSizesOf(config);
  const widths = config.widths ? givenWidths(config.widths, strides) : computedWidths(config, extent, kernelSizes);
  return {
    encoding: { levels: config.encodingLevels, base: config.encodingBase, order: config.encodingOrder },
    stemWidths: config.stemWidths,
    stem: { ...extent, channels: widths[0] },
    blocks: strides.map((stride, i) => ({
      id: `block${i + 1}`,
      inChannels: widths[i],
      outChannels: widths[i + 1] * stride ** 2,
      kernelSize: kernelSizes[i],
      stride,
    })),
    head: {
      id: 'head',
      inChannels: widths[strides.length],
      outChannels: CHANNELS.length,
      kernelSize: kernelSizes[strides.length],
    },
    activation: config.activation,
    output: config.output,
  };
}

/** The kernel sizes of the blocks and, last, of the head. */
function kernelSizesOf({ kernelSize, strides }: NervConfig): readonly number[] {
  const convolutions = strides.length + 1;
  if (kernelSize.length === 1) return Array<number>(convolutions).fill(kernelSize[0]);
  if (kernelSize.length === convolutions) return kernelSize;
  throw new XincError(
    'invalid-option',
    `nerv: kernelSize ${kernelSize.join(',')} has ${kernelSize.length} values, but strides ${strides.join(',')} make ${convolutions} convolutions`,
    { subject: 'kernelSize', hint: 'Give one value for all, or one per block and, last, the head’s.' },
  );
}

function givenWidths(widths: readonly number[], strides: readonly number[]): readonly number[] {
  if (widths.length === strides.length + 1) return widths;
  throw new XincError(
    'invalid-option',
    `nerv: widths ${widths.join(',')} has ${widths.length} values, but strides ${strides.join(',')} want ${strides.length + 1}`,
    { subject: 'widths', hint: 'Give the stem’s channels, then each block’s.' },
  );
}

function computedWidths(config: NervConfig, extent: StemExtent, kernelSizes: readonly number[]): readonly number[] {
  const stemCells = extent.height * extent.width;
  const features = [2 * config.encodingLevels, ...config.stemWidths];
  const hiddenWeights = config.stemWidths.reduce((sum, outputs, i) => sum + features[i] * outputs, 0);
  const width =
    config.width ??
    solveWidth({
      parameters: config.parameters - hiddenWeights,
      stemInputs: features[features.length - 1],
      stemCells,
      reduction: config.reduction,
      blocks: config.strides.map((stride, i) => ({ stride, kernelSize: kernelSizes[i] })),
    });
  if (width < 1) {
    throw new XincError(
      'invalid-option',
      `nerv: ${config.parameters} parameters do not pay for one channel of a ${extent.height}×${extent.width} stem`,
      { subject: 'parameters', hint: 'Raise parameters, enlarge strides, choose a smaller `size`, or give width.' },
    );
  }
  return reduceWidths(width, config.strides.length, config.reduction, config.minimumWidth);
}
