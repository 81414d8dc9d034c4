import { type NdArray, sizeOf } from '../ndarray.js';
import { type Compute, spreadSteps, stepsOf, walk } from './operation.js';

/* Operations that move values and change none. */

export const transpose: Compute<'transpose'> = ([x], { permutation }, shape) => {
  const own = stepsOf(x.shape);
  return moved(
    x,
    shape,
    permutation.map((axis) => own[axis]),
    0,
  );
};

export const slice: Compute<'slice'> = ([x], { begin }, shape) => {
  const steps = stepsOf(x.shape);
  return moved(
    x,
    shape,
    steps,
    begin.reduce((start, index, axis) => start + index * steps[axis], 0),
  );
};

export const broadcastTo: Compute<'broadcastTo'> = ([x], _, shape) => moved(x, shape, spreadSteps(x.shape, shape), 0);

function moved({ data }: NdArray, shape: readonly number[], steps: readonly number[], start: number): Float32Array {
  const result = new Float32Array(sizeOf(shape));
  walk(shape, [steps], [start], (element, [place]) => {
    result[element] = data[place];
  });
  return result;
}

export const pad: Compute<'pad'> = ([x], { padding }, shape) => {
  const result = new Float32Array(sizeOf(shape));
  const steps = stepsOf(shape);
  const start = padding.reduce((sum, [before], axis) => sum + before * steps[axis], 0);
  walk(x.shape, [steps], [start], (element, [place]) => {
    result[place] = x.data[element];
  });
  return result;
};

export const concat: Compute<'concat'> = (parts, { axis }, shape) => {
  const result = new Float32Array(sizeOf(shape));
  const row = sizeOf(shape.slice(axis));
  let start = 0;
  for (const part of parts) {
    const size = sizeOf(part.shape.slice(axis));
    for (let from = 0, to = start; from < part.data.length; from += size, to += row) {
      result.set(part.data.subarray(from, from + size), to);
    }
    start += size;
  }
  return result;
};

export const depthToSpace: Compute<'depthToSpace'> = ([x], { block }, shape) => {
  const result = new Float32Array(sizeOf(shape));
  exchangeBlocks(shape, block, (deep, spacious) => {
    result[spacious] = x.data[deep];
  });
  return result;
};

export const spaceToDepth: Compute<'spaceToDepth'> = ([x], { block }, shape) => {
  const result = new Float32Array(sizeOf(shape));
  exchangeBlocks(x.shape, block, (deep, spacious) => {
    result[deep] = x.data[spacious];
  });
  return result;
};

/** Each place of [N, C, H, W] with its place in [N, C·b², H/b, W/b]. */
function exchangeBlocks(
  [n, c, height, width]: readonly number[],
  block: number,
  visit: (deep: number, spacious: number) => void,
): void {
  const [rows, columns] = [height / block, width / block];
  for (let plane = 0, spacious = 0; plane < n * c; plane++) {
    for (let y = 0; y < height; y++) {
      const channel = plane * block * block + (y % block) * block;
      const row = Math.floor(y / block);
      for (let x = 0; x < width; x++, spacious++) {
        visit(((channel + (x % block)) * rows + row) * columns + Math.floor(x / block), spacious);
      }
    }
  }
}

export const upsampleNearest: Compute<'upsampleNearest'> = ([x], { scale }, shape) => {
  const result = new Float32Array(sizeOf(shape));
  const [, , height, width] = shape;
  const columns = width / scale;
  for (let row = 0, to = 0; to < result.length; row++) {
    const [plane, y] = [Math.floor(row / height), row % height];
    const from = (plane * (height / scale) + Math.floor(y / scale)) * columns;
    for (let column = 0; column < width; column++, to++) result[to] = x.data[from + Math.floor(column / scale)];
  }
  return result;
};
