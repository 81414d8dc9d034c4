import type { Tensor } from '../access/tensors.js';
import type { NetworkView } from '../api.js';

type Tensors = Readonly<Record<string, Tensor>>;

/** Inputs for one evaluation of the graph, and what of its output counts. */
export interface Piece {
  readonly inputs: Tensors;
  /** Pixels before this piece. */
  readonly first: number;
  /** Pixels of this piece; the graph may give more rows. */
  readonly pixels: number;
}

/** Inputs of a frame as the graph takes them: whole, or some pixels at a time, the last piece filled up with its last pixel. */
export function piecesOf({ sampling, pixelsAtOnce, perPixel }: NetworkView, inputs: Tensors, pixels: number): Piece[] {
  if (sampling === 'frames' || pixelsAtOnce === undefined) return [{ inputs, first: 0, pixels }];
  return Array.from({ length: Math.ceil(pixels / pixelsAtOnce) }, (_, i) => {
    const first = i * pixelsAtOnce;
    const entries = Object.entries(inputs).map(([name, tensor]) => [
      name,
      perPixel.includes(name) ? rowsOf(tensor, first, pixelsAtOnce) : tensor,
    ]);
    return { inputs: Object.fromEntries(entries), first, pixels: Math.min(pixelsAtOnce, pixels - first) };
  });
}

function rowsOf({ shape: [rows, ...rest], data }: Tensor, first: number, count: number): Tensor {
  const size = rest.reduce((product, extent) => product * extent, 1);
  const own = data.subarray(first * size, Math.min(rows, first + count) * size);
  if (own.length === count * size) return { shape: [count, ...rest], data: own };
  const filled = new Float32Array(count * size);
  filled.set(own);
  for (let at = own.length; at < filled.length; at += size) filled.set(own.subarray(own.length - size), at);
  return { shape: [count, ...rest], data: filled };
}

/** A picture's values from the graph's output: [pixels, 3] as they are, [1, 3, H, W] interleaved; into `rgb` [H, W, 3]. */
export function placeOutput(sampling: NetworkView['sampling'], output: Float32Array, piece: Piece, rgb: Float32Array) {
  const { first, pixels } = piece;
  if (sampling === 'pixels') {
    rgb.set(output.subarray(0, 3 * pixels), 3 * first);
    return;
  }
  for (let channel = 0; channel < 3; channel++) {
    for (let p = 0; p < pixels; p++) rgb[3 * p + channel] = output[channel * pixels + p];
  }
}
