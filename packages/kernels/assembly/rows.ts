import { activate } from './activation';
import { smoothColumn } from './smooth';

/**
 * Where the finished rows of four neurons come from; the fields are int32 and written by src/wasm/row-source.ts in this
 * order.
 */
@unmanaged
export class RowSource {
  /** 0: rows of a plane; 1: the last smoothing, down the columns of a plane; 2: a dense layer. */
  kind: i32;
  /** The plane, or the dense layer's input at the first lane's neuron and the region's first pixel. */
  plane: usize;
  /** Vectors per row. */
  width: i32;
  /** Smoothing: as in smoothColumns. */
  offset: usize;
  count: usize;
  weights: usize;
  taps: i32;
  /** Dense: bytes from pixel to pixel and from row to row; scale and offset, a vector each; activation. */
  pixelBytes: i32;
  rowBytes: i32;
  scale: usize;
  activation: i32;
  /** Which lanes hold a neuron: a vector of all ones or zeros. */
  mask: usize;
  /** A row of vectors to make the result in. */
  buffer: usize;
}

/** Row y of the region: `width` vectors, lanes without a neuron zero. */
export function finishedRow(source: RowSource, y: i32): usize {
  const width = source.width;
  const buffer = source.buffer;
  if (source.kind == 0) {
    memory.copy(buffer, source.plane + (<usize>(y * width) << 4), <usize>width << 4);
  } else if (source.kind == 1) {
    const at = <usize>y << 2;
    const from = source.plane + (<usize>(load<i32>(source.offset + at) * width) << 4);
    const weights = source.weights + (<usize>(y * source.taps) << 2);
    smoothColumn(from, width, load<i32>(source.count + at), weights, buffer);
  } else {
    const scale = v128.load(source.scale, 0);
    const offset = v128.load(source.scale, 16);
    const step = <usize>source.pixelBytes;
    let from = source.plane + <usize>y * <usize>source.rowBytes;
    const end = buffer + (<usize>width << 4);
    for (let to = buffer; to < end; to += 16) {
      v128.store(to, f32x4.add(f32x4.mul(v128.load(from), scale), offset));
      from += step;
    }
    if (source.activation != 0) activate(buffer, width, source.activation);
  }
  const mask = v128.load(source.mask);
  if (!i8x16.all_true(mask)) {
    const end = buffer + (<usize>width << 4);
    for (let at = buffer; at < end; at += 16) v128.store(at, v128.and(v128.load(at), mask));
  }
  return buffer;
}
