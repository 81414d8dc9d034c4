import type { AxisSums } from '@xinc/kernels';
import { type ResizeMethod, resizeMatrix } from '../ops/resize.js';
import type { Window } from './plane.js';

/* Steps of a way that work along rows and columns apart, as sums along each: axis 0 are rows, axis 1 columns. */

type Axis = 0 | 1;

/** A mean over a window's taps, zeros outside: its share along one axis. */
export function meanAlong(
  { size, stride, dilation, padding }: Window,
  axis: Axis,
  inputs: number,
  outputs: number,
): AxisSums {
  return Array.from({ length: outputs }, (_, output) =>
    taps(size[axis]).flatMap((tap) => {
      const input = output * stride[axis] + tap * dilation[axis] - padding[axis];
      return input >= 0 && input < inputs ? [[input, 1 / size[axis]] as const] : [];
    }),
  );
}

/** The adjoint, times the stride: a transposed convolution with ones, ÷ (size / stride). */
export function spreadAlong(
  { size, stride, dilation, padding }: Window,
  axis: Axis,
  inputs: number,
  outputs: number,
): AxisSums {
  const share = stride[axis] / size[axis];
  return Array.from({ length: outputs }, (_, output) =>
    taps(size[axis]).flatMap((tap) => {
      const input = (output + padding[axis] - tap * dilation[axis]) / stride[axis];
      return Number.isInteger(input) && input >= 0 && input < inputs ? [[input, share] as const] : [];
    }),
  );
}

export function nearestAlong(inputs: number, scale: number): AxisSums {
  return Array.from({ length: inputs * scale }, (_, output) => [[Math.floor(output / scale), 1]]);
}

/** A cut, or a border of zeros. */
export function cropAlong(first: number, inputs: number, outputs: number): AxisSums {
  return Array.from({ length: outputs }, (_, output) => {
    const input = output + first;
    return input >= 0 && input < inputs ? [[input, 1]] : [];
  });
}

/** Chosen places. */
export function takeAlong(places: readonly number[]): AxisSums {
  return places.map((place) => [[place, 1]]);
}

export function resizeAlong(method: ResizeMethod, axis: Axis, inputs: number, outputs: number): AxisSums {
  const { data } = resizeMatrix(inputs, outputs, method, method.scales?.[axis]);
  return Array.from({ length: outputs }, (_, output) =>
    Array.from(
      data.subarray(output * inputs, (output + 1) * inputs),
      (weight, input) => [input, weight] as const,
    ).filter(([, weight]) => weight !== 0),
  );
}

const taps = (size: number): number[] => Array.from({ length: size }, (_, tap) => tap);
