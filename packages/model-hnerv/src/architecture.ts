import { counted, type SignalShape, XincError } from '@xinc/core';
import type { ActivationName } from './activations.js';
import type { HnervConfig } from './config.js';
import { embeddingExtent, usualStrides } from './strides.js';
import { reduceWidths, solveWidth } from './widths.js';

/** The network with every extent fixed; all else (parameters, forward pass, layers) is read off it. */
export interface Architecture {
  readonly embedding: Embedding;
  readonly stem: Convolution;
  /** `block1` … in order, each from the maps before it to maps that are `stride` times as high and wide. */
  readonly blocks: readonly Convolution[];
  readonly head: Convolution;
  readonly activation: ActivationName;
  readonly output: HnervConfig['output'];
}

/** `count` arrays [channels, height, width]. */
interface Embedding {
  readonly count: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** The embedding that each frame of the signal is drawn from. */
  readonly ofFrame: readonly number[];
}

export interface Convolution {
  readonly id: string;
  readonly inChannels: number;
  /** Before the pixel shuffle: C'·stride². */
  readonly outChannels: number;
  readonly kernelSize: number;
  readonly stride: number;
}

/** The colours of the signal, which the head has one output for each. */
export const CHANNELS = ['r', 'g', 'b'] as const;
const HEAD_KERNEL = 3;

/**
 * @throws XincError `invalid-option` where strides do not reach the signal's size, lists do not fit the number of blocks,
 *   frames and embeddings do not fit each other, or the budget does not pay for one channel.
 */
export function planArchitecture(config: HnervConfig, signal: SignalShape): Architecture {
  const { stemScale, embeddingChannels } = config;
  const strides = config.strides ?? usualStrides(signal, stemScale);
  const extent = embeddingExtent(signal, strides, stemScale);
  const embedding = { ...frameEmbeddings(config, signal), channels: embeddingChannels, ...extent };
  const kernelSizes = kernelSizesOf(config, strides);
  const widths = config.widths
    ? givenWidths(config.widths, strides)
    : computedWidths(config, embedding, strides, kernelSizes);
  return {
    embedding,
    stem: {
      id: 'stem',
      inChannels: embeddingChannels,
      outChannels: widths[0] * stemScale ** 2,
      kernelSize: 1,
      stride: stemScale,
    },
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
      stride: 1,
    },
    activation: config.activation,
    output: config.output,
  };
}

function frameEmbeddings(
  { embeddings, at }: HnervConfig,
  { frames }: SignalShape,
): Pick<Embedding, 'count' | 'ofFrame'> {
  const count = embeddings ?? at?.of ?? (at ? Math.max(...at.frames) + 1 : frames);
  if (!at && count !== frames) {
    throw new XincError(
      'invalid-option',
      `hnerv: the network has ${counted(count, 'embedding')}, one for each frame, and the signal has ${counted(frames, 'frame')}`,
      {
        subject: 'at',
        hint: `Say which of them the signal's frames are, as \`at: 0:${frames}\`, or give the whole signal.`,
      },
    );
  }
  const ofFrame = at?.frames ?? Array.from({ length: frames }, (_, frame) => frame);
  if (ofFrame.length !== frames) {
    throw new XincError(
      'invalid-option',
      `hnerv: \`at\` names ${counted(ofFrame.length, 'embedding')}, and the signal has ${counted(frames, 'frame')}`,
      { subject: 'at', hint: 'Name one for each frame of the signal.' },
    );
  }
  if (new Set(ofFrame).size < frames) {
    throw new XincError('invalid-option', 'hnerv: `at` names an embedding twice', {
      subject: 'at',
      hint: 'Name one for each frame of the signal.',
    });
  }
  const beyond = ofFrame.find((embedding) => embedding >= count);
  if (beyond !== undefined) {
    throw new XincError(
      'invalid-option',
      `hnerv: \`at\` names embedding ${beyond}, and the network has ${counted(count, 'embedding')}: 0 to ${count - 1}`,
      { subject: 'at' },
    );
  }
  return { count, ofFrame };
}

/** The kernel sizes of the blocks and, last, of the head. */
function kernelSizesOf(config: HnervConfig, strides: readonly number[]): readonly number[] {
  const { kernelSizes, smallestKernel, largestKernel } = config;
  if (!kernelSizes) return [...strides.map((_, i) => Math.min(smallestKernel + 2 * i, largestKernel)), HEAD_KERNEL];
  if (kernelSizes.length === strides.length + 1) return kernelSizes;
  throw new XincError(
    'invalid-option',
    `hnerv: kernelSizes ${kernelSizes.join(',')} has ${kernelSizes.length} values, but strides ${strides.join(',')} make ${strides.length + 1} convolutions`,
    { subject: 'kernelSizes', hint: 'Give one per block and, last, the head’s.' },
  );
}

function givenWidths(widths: readonly number[], strides: readonly number[]): readonly number[] {
  if (widths.length === strides.length + 1) return widths;
  throw new XincError(
    'invalid-option',
    `hnerv: widths ${widths.join(',')} has ${widths.length} values, but strides ${strides.join(',')} want ${strides.length + 1}`,
    { subject: 'widths', hint: 'Give the stem’s channels, then each block’s.' },
  );
}

function computedWidths(
  config: HnervConfig,
  embedding: Embedding,
  strides: readonly number[],
  kernelSizes: readonly number[],
): readonly number[] {
  const { count, channels, height, width: columns } = embedding;
  const width =
    config.width ??
    solveWidth({
      parameters: config.parameters,
      embedded: count * channels * height * columns,
      embeddingChannels: channels,
      stemScale: config.stemScale,
      reduction: config.reduction,
      blocks: strides.map((stride, i) => ({ stride, kernelSize: kernelSizes[i] })),
    });
  if (width < 1) {
    throw new XincError(
      'invalid-option',
      `hnerv: ${config.parameters} parameters do not pay for one channel beside ${counted(count, 'embedding')} of ${channels}×${height}×${columns}`,
      { subject: 'parameters', hint: 'Raise parameters, lower embeddingChannels, enlarge strides, or give width.' },
    );
  }
  return reduceWidths(width, strides.length, config.reduction, config.minimumWidth);
}
