import type { PointwiseProgram } from './pointwise-program.js';

/**
 * Pointwise functions a contribution can pass through. `gelu` is the exact erf form, `sine` is sin x, `leakyRelu` has slope 0.01
 * and the others of its kind the slope in their name.
 */
export type Activation =
  | 'relu'
  | 'leakyRelu'
  | 'leakyRelu0.1'
  | 'leakyRelu0.2'
  | 'gelu'
  | 'silu'
  | 'sine'
  | 'tanh'
  | 'sigmoid';

/** One step of the way from a layer's contribution to the picture; `box(k)` is a k×k mean with zero padding, always ÷ k². */
export type Stage =
  | { readonly kind: 'box'; readonly size: number }
  | { readonly kind: 'upsample'; readonly scale: number }
  | { readonly kind: 'activation'; readonly activation: Activation };

/**
 * A dense layer on one frame. Neuron n contributes c_n(p) = act(x_n(p) · scale[n] + offset); method §2 of the paper:
 * scale[n] = Σ_o W[o,n] and offset = (Σ_o b[o]) / N, or scale[n] = W[o,n] and offset = b[o] / N for one output o.
 */
export interface DenseSource {
  readonly kind: 'dense';
  /** x, [pixels, neurons]. */
  readonly input: Float32Array;
  readonly pixels: number;
  readonly neurons: number;
  /** Pixels per row, so that regions are rectangles of a picture. Without it the pixels are one row: a list. */
  readonly width?: number;
  /** [neurons]; float64 for a program that is steep. */
  readonly scale: Float32Array | Float64Array;
  readonly offset: number;
  readonly activation: Activation | PointwiseProgram | null;
}

/**
 * A convolution on one frame. Neuron i · C_out + o is the kernel i → o: its response conv(x_i, K[o,i]) + b[o] / C_in (stride 1,
 * zero padding that keeps the extents) goes to sub-pixel o mod s² of every s×s cell, zeros elsewhere, then through the
 * activation and the path; method §3 of the paper. The picture is h·s·Π(upsample scales) pixels high.
 */
export interface ConvSource {
  readonly kind: 'conv';
  /** x, [C_in, h, w]. */
  readonly input: Float32Array;
  readonly inputShape: readonly [channels: number, height: number, width: number];
  /** K, [C_out, C_in, k, k]. */
  readonly kernel: Float32Array;
  /** C_out, which counts the s² sub-pixels: a multiple of s². */
  readonly outChannels: number;
  /** k, odd. */
  readonly kernelSize: number;
  /** [C_out] */
  readonly bias: Float32Array;
  /** s of the pixel shuffle; 1 for none. */
  readonly shuffle: number;
  readonly activation: Activation | null;
  readonly path: readonly Stage[];
}

/** Whatever the kernels make maps of. */
export type KernelLayer = DenseSource | ConvSource;
