import type { NdArray, Shape } from '../ndarray.js';
import { sameShape, sizeOf } from '../ndarray.js';
import type { OpName } from '../ops/ops.js';
import { ONE_LOOPS, TWO_LOOPS } from './by-value-loops.js';
import { spreadSteps, walk } from './operation.js';

/**
 * An operation that works value by value, on inputs that are spread out over the result's shape.
 * @param f what the operation makes of single values
 */
export function computeByValue(
  op: OpName,
  f: (x: number, y: number, z: number) => number,
  inputs: readonly NdArray[],
  shape: Shape,
): Float32Array {
  const result = new Float32Array(sizeOf(shape));
  const [x, y, z] = inputs;
  if (inputs.length === 1) {
    const loop = ONE_LOOPS[op];
    if (loop) loop(x.data, result);
    else for (let i = 0; i < result.length; i++) result[i] = f(x.data[i], 0, 0);
    return result;
  }
  if (inputs.length === 2) {
    const [a, b] = [periodOf(x, shape), periodOf(y, shape)];
    if (a !== undefined && b !== undefined) {
      const loop = TWO_LOOPS[op];
      if (loop) loop(x.data, y.data, result);
      else
        for (let i = 0, p = 0, q = 0; i < result.length; i++) {
          result[i] = f(x.data[p], y.data[q], 0);
          if (++p === a) p = 0;
          if (++q === b) q = 0;
        }
      return result;
    }
  }
  const steps = inputs.map((input) => spreadSteps(input.shape, shape));
  const starts = inputs.map(() => 0);
  walk(shape, steps, starts, (element, places) => {
    result[element] = f(x.data[places[0]], y?.data[places[1]], z?.data[places[2]]);
  });
  return result;
}

/** After how many elements an input begins anew, where it is repeated whole: of the result's shape, or its last axes alone. */
function periodOf({ shape: own, data }: NdArray, shape: Shape): number | undefined {
  const first = own.findIndex((extent) => extent !== 1);
  const kept = first < 0 ? [] : own.slice(first);
  return sameShape(kept, shape.slice(shape.length - kept.length)) ? data.length : undefined;
}
