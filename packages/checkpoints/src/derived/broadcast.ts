import type { Shape } from '@xinc/core';

/** Whether `small` stretches to `shape`: a scalar, or as many axes, each of the same extent or of extent 1. */
export function broadcasts(small: Shape, shape: Shape): boolean {
  return (
    small.length === 0 ||
    (small.length === shape.length && small.every((extent, axis) => extent === 1 || extent === shape[axis]))
  );
}

/** For every element of `shape`, row-major, the index of the element of `small` that is stretched over it. */
export function broadcastIndex(shape: Shape, small: Shape): (index: number) => number {
  const axes: { readonly stride: number; readonly extent: number; readonly step: number }[] = [];
  let stride = 1;
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const extent = small.length === 0 ? 1 : small[axis];
    if (extent > 1) axes.push({ stride, extent, step });
    stride *= shape[axis];
    step *= extent;
  }
  return (index) => {
    let found = 0;
    for (const axis of axes) found += (Math.floor(index / axis.stride) % axis.extent) * axis.step;
    return found;
  };
}
