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

/**
 * A dense layer on one frame whose result is multiplied by a gate g that does not depend on it: neuron n contributes
 * act(x_n(p) · Σ_o g_o(p) W[o,n] + offset(p)), with offset(p) = (Σ_o g_o(p) b[o]) / N.
 */
export interface GatedSource extends Omit<DenseSource, 'kind' | 'scale' | 'offset'> {
  readonly kind: 'gated';
  readonly outputs: number;
  /** g, [pixels, outputs]. */
  readonly gate: Float32Array;
  /** W, [outputs, neurons]. */
  readonly weight: Float32Array;
  /** [pixels] */
  readonly offset: Float32Array;
}

/** A layer on one frame with any way to the picture, which may fork and join. */
export interface PlanesSource {
  readonly kind: 'planes';
  /** Plane 0. */
  readonly start: PlanesStart;
  /** Step i makes plane i + 1 of those before it. */
  readonly steps: readonly PlaneStep[];
  /** Number of the plane that is the picture's. */
  readonly picture: number;
}

export type PlanesStart =
  | {
      readonly kind: 'values';
      /** Plane 0 of every neuron, [height · width, neurons]. */
      readonly input: Float32Array;
      readonly neurons: number;
      readonly height: number;
      readonly width: number;
    }
  | {
      /**
       * Neuron i · outputs + o is a kernel: conv(x_i, K[o,i]) + b[o] / n, or the transposed convolution, where n inputs reach o. With
       * groups, i counts within the group of o.
       */
      readonly kind: 'convolution';
      readonly transposed: boolean;
      /** x, [C_in, h, w]. */
      readonly input: Float32Array;
      readonly inputShape: readonly [channels: number, height: number, width: number];
      /** PyTorch's layouts: [outputs, C_in / groups, k, l], transposed [C_in, outputs / groups, k, l]. */
      readonly kernel: Float32Array;
      readonly kernelSize: Pair;
      readonly outputs: number;
      readonly groups: number;
      readonly stride: Pair;
      readonly dilation: Pair;
      /** Zeros above and to the left; cut off there where it is transposed. */
      readonly padding: Pair;
      /** b, [outputs]. */
      readonly bias: Float32Array;
      /** Extents of the result. */
      readonly height: number;
      readonly width: number;
    };

/** One of rows, one of columns. */
export type Pair = readonly [rows: number, columns: number];

/** Per output along an axis, the inputs that it sums with their weights. */
export type AxisSums = readonly (readonly (readonly [input: number, weight: number])[])[];

export type PlaneStep =
  | { readonly kind: 'function'; readonly of: number; readonly f: Activation | PointwiseProgram }
  | { readonly kind: 'sum'; readonly of: readonly { readonly plane: number; readonly sign: 1 | -1 }[] }
  /** The plane of output o lies on sub-pixel o mod s² of each s×s cell, zeros elsewhere. */
  | { readonly kind: 'scatter'; readonly of: number; readonly scale: number }
  /** Sums along rows and columns: means, resizes, transposed convolutions with ones, cuts. */
  | { readonly kind: 'weighted'; readonly of: number; readonly rows: AxisSums; readonly columns: AxisSums }
  /** Times, or divided by, a value at each pixel, [height · width]. */
  | { readonly kind: 'factor'; readonly of: number; readonly by: Float32Array; readonly divide: boolean };

/** Whatever the kernels make maps of. */
export type KernelLayer = DenseSource | GatedSource | ConvSource | PlanesSource;
