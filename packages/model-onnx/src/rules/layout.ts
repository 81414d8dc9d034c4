import { ndarray, type Ops, type Shape, sameShape, sizeOf } from '@xinc/core';
import { MOST_NUMBERS, type NodeReader, numbers, type Rule, tensor, type Value } from '../values.js';

/** A value under another shape. */
function reshaped<T>(node: NodeReader<T>, shape: Shape): readonly Value<T>[] {
  if (!shape.every((extent) => Number.isInteger(extent) && extent >= 0)) {
    throw node.refuse(`${node.shape(0).join('×')} numbers are no ${shape.join('×')}`);
  }
  if (node.isStatic(0)) return [numbers(shape, node.numbers(0), node.static(0).floats)];
  const before = node.before(0) ?? node.tensor(0);
  // Seen as it was again.
  if (sameShape(node.ops.shapeOf(before), shape)) return [tensor(before, node.type(0))];
  return [tensor(node.ops.reshape(node.tensor(0), shape), node.type(0), before)];
}

/** Places of an axis that are chosen one by one. */
function requireFew<T>(node: NodeReader<T>, count: number): void {
  if (!(count <= MOST_CHOSEN)) throw node.refuse(`it chooses ${count} places of an axis`);
}

const MOST_CHOSEN = 2 ** 20;

/** Chosen places of an axis, in any order. */
function chosen<T>(ops: Ops<T>, x: T, axis: number, indices: readonly number[], shape: Shape = [indices.length]): T {
  const extents = ops.shapeOf(x);
  const [first] = indices;
  const rest = [...extents.slice(0, axis), ...shape, ...extents.slice(axis + 1)];
  if (indices.length > 0 && indices.every((index, i) => index === first + i)) {
    const begin = extents.map((_, a) => (a === axis ? first : 0));
    return ops.reshape(ops.slice(x, begin, extents.with(axis, indices.length)), rest);
  }
  return ops.gather(x, ops.constant(ndarray(shape, Float32Array.from(indices))), axis);
}

/** Places of an axis that the file gives, from 0. */
function placesOf<T>(node: NodeReader<T>, indices: readonly number[], extent: number): number[] {
  return indices.map((index) => {
    const place = index < 0 ? index + extent : index;
    if (!Number.isInteger(place) || place < 0 || place >= extent) {
      throw node.refuse(`it looks up place ${index} of ${extent}`);
    }
    return place;
  });
}

/** Extents of an array that a file asks for. */
function requireExtents<T>(node: NodeReader<T>, shape: readonly number[]): void {
  if (shape.every((extent) => Number.isInteger(extent) && extent >= 0)) return;
  throw node.refuse(`it makes an array of ${shape.join('×')}`);
}

/** Places that the network computes: those below zero are counted from the end. */
function computedPlaces<T>(ops: Ops<T>, indices: T, extent: number): T {
  return ops.where(ops.greater(0, indices), ops.add(indices, extent), indices);
}

/** Whole numbers up to this are exact in float32. */
const LARGEST_PLACE = 2 ** 24;

/** x at places of several axes at once, which are told as places of one. */
function lookUpFlat<T>(
  node: NodeReader<T>,
  axes: readonly { readonly index: T; readonly extent: number }[],
  rest: Shape,
): T {
  const { ops } = node;
  const extents = axes.map(({ extent }) => extent);
  if (sizeOf(extents) > LARGEST_PLACE) throw node.refuse(`it looks up one of ${sizeOf(extents)} places`);
  const place = axes.reduce<T | undefined>(
    (sum, { index, extent }) => (sum === undefined ? index : ops.add(ops.mul(sum, extent), index)),
    undefined,
  )!;
  return ops.gather(ops.reshape(node.tensor(0), [sizeOf(extents), ...rest]), place, 0);
}

const gatherRule: Rule = (node) => {
  const { ops } = node;
  const shape = node.shape(0);
  const axis = node.axis(node.number('axis', 0), shape.length);
  if (!node.isStatic(1)) {
    const places = computedPlaces(ops, node.tensor(1), shape[axis]);
    return [tensor(ops.gather(node.tensor(0), places, axis), node.type(0))];
  }
  const index = node.static(1);
  const at = placesOf(node, index.values, shape[axis]);
  if (node.isStatic(0) && shape.length === 1) {
    const { values, floats } = node.static(0);
    return [
      numbers(
        index.shape,
        at.map((i) => values[i]),
        floats,
      ),
    ];
  }
  return [tensor(chosen(ops, node.tensor(0), axis, at, index.shape), node.type(0))];
};

/** x[…, index[…], …]: along the axis where the index says, along all others where the result is. */
const gatherElements: Rule = (node) => {
  const { ops } = node;
  const [shape, wanted] = [node.shape(0), node.shape(1)];
  const axis = node.axis(node.number('axis', 0), shape.length);
  const fits = wanted.length === shape.length && wanted.every((extent, a) => a === axis || extent <= shape[a]);
  if (!fits) throw node.refuse(`places of ${wanted.join('×')} are none of ${shape.join('×')}`);
  wanted.forEach((extent, a) => {
    if (a !== axis) requireFew(node, extent);
  });
  const axes = shape.map((extent, a) => {
    if (a === axis) return { index: computedPlaces(ops, node.tensor(1), extent), extent };
    const along = ndarray(
      [wanted[a]],
      Float32Array.from({ length: wanted[a] }, (_, i) => i),
    );
    const place = ops.reshape(
      ops.constant(along),
      wanted.map((size, other) => (other === a ? size : 1)),
    );
    return { index: place, extent };
  });
  return [tensor(lookUpFlat(node, axes, []), node.type(0))];
};

/** x[index[…, 0], index[…, 1], …] */
const gatherND: Rule = (node) => {
  const { ops } = node;
  if (node.number('batch_dims', 0) !== 0) throw node.refuse('it looks up each of a batch by itself');
  const [shape, wanted] = [node.shape(0), node.shape(1)];
  const count = wanted[wanted.length - 1] ?? 0;
  if (count < 1 || count > shape.length) throw node.refuse(`it looks up places of ${count} axes of ${shape.length}`);
  const places = wanted.slice(0, -1);
  const axes = Array.from({ length: count }, (_, i) => {
    const begin = wanted.map((_, axis) => (axis === wanted.length - 1 ? i : 0));
    const index = ops.reshape(ops.slice(node.tensor(1), begin, wanted.with(-1, 1)), places);
    return { index: computedPlaces(ops, index, shape[i]), extent: shape[i] };
  });
  return [tensor(lookUpFlat(node, axes, shape.slice(count)), node.type(0))];
};

/** How often a value is repeated along each axis. */
const tile: Rule = (node) => {
  const { ops } = node;
  const shape = node.shape(0);
  const repeats = node.numbers(1);
  if (repeats.length !== shape.length) throw node.refuse(`it repeats ${shape.length} axes ${repeats.length} times`);
  requireExtents(node, repeats);
  const result = shape.map((extent, axis) => extent * repeats[axis]);
  if (node.isStatic(0) && shape.length === 1 && result[0] <= MOST_NUMBERS) {
    const { values, floats } = node.static(0);
    return [
      numbers(
        result,
        Array.from({ length: result[0] }, (_, i) => values[i % values.length]),
        floats,
      ),
    ];
  }
  const apart = shape.flatMap((extent) => [1, extent]);
  const repeated = shape.flatMap((extent, axis) => [repeats[axis], extent]);
  const x = ops.broadcastTo(ops.reshape(node.tensor(0), apart), repeated);
  return [tensor(ops.reshape(x, result), node.type(0))];
};

const range: Rule = (node) => {
  const [start, limit, step] = [0, 1, 2].map((index) => node.numbers(index)[0]);
  const count = Math.max(0, Math.ceil((limit - start) / step));
  if (!(count <= MOST_NUMBERS)) throw node.refuse(`it makes ${count} numbers`);
  const floats = [0, 1, 2].some((index) => node.type(index) === undefined);
  return [
    numbers(
      [count],
      Array.from({ length: count }, (_, i) => start + i * step),
      floats,
    ),
  ];
};

/** What lies beyond a border, as places of what lies within. */
const BORDERS: Readonly<Record<string, (place: number, extent: number) => number>> = {
  edge: (place, extent) => Math.min(Math.max(place, 0), extent - 1),
  reflect: (place, extent) => {
    const period = Math.max(1, 2 * (extent - 1));
    const rest = ((place % period) + period) % period;
    return Math.min(rest, period - rest);
  },
  wrap: (place, extent) => ((place % extent) + extent) % extent,
};

const pad: Rule = (node) => {
  const { ops } = node;
  const shape = node.shape(0);
  const pads = node.has(1) ? node.numbers(1) : (node.integers('pads') ?? []);
  const axes = axesOf(node, 3, shape.length) ?? shape.map((_, axis) => axis);
  const padding = shape.map(() => [0, 0] as readonly [number, number]);
  axes.forEach((axis, i) => {
    padding[axis] = [pads[i] ?? 0, pads[i + axes.length] ?? 0];
  });
  const mode = node.text('mode', 'constant');
  const border = BORDERS[mode];
  if (!border && mode !== 'constant') throw node.refuse(`it pads by '${mode}'`);
  const cut = (side: number) => Math.max(0, -side);
  const begin = padding.map(([before]) => cut(before));
  const size = shape.map((extent, axis) => extent - cut(padding[axis][0]) - cut(padding[axis][1]));
  const kept = ops.slice(node.tensor(0), begin, size);
  const around = padding.map(([before, after]) => [Math.max(0, before), Math.max(0, after)] as const);
  if (border) {
    const padded = around.reduce((x, [before, after], axis) => {
      if (before === 0 && after === 0) return x;
      requireFew(node, before + size[axis] + after);
      const places = Array.from({ length: before + size[axis] + after }, (_, i) => border(i - before, size[axis]));
      return chosen(ops, x, axis, places);
    }, kept);
    return [tensor(padded, node.type(0))];
  }
  const value = node.has(2) ? node.numbers(2)[0] : node.number('value', 0);
  const padded = ops.pad(kept, around);
  if (value === 0) return [tensor(padded, node.type(0))];
  const inside = ops.pad(ops.broadcastTo(ops.constant(1), size), around);
  return [tensor(ops.where(inside, padded, value))];
};

/** Axes given as an attribute, as they were before opset 13, or as an input. */
function axesOf<T>(node: NodeReader<T>, input: number, rank: number): number[] | undefined {
  const axes = node.has(input) ? node.numbers(input) : node.integers('axes');
  return axes?.map((axis) => node.axis(axis, rank));
}

/** Places from `start` to before `end`, as Python counts them. */
function steppedPlaces<T>(node: NodeReader<T>, start: number, end: number, step: number, extent: number): number[] {
  if (step === 0) throw node.refuse('its step is 0');
  const [low, high] = step > 0 ? [0, extent] : [-1, extent - 1];
  const place = (at: number) => Math.min(Math.max(at < 0 ? at + extent : at, low), high);
  const [first, last] = [place(start), place(end)];
  const count = Math.max(0, Math.ceil((last - first) / step));
  requireFew(node, count);
  return Array.from({ length: count }, (_, i) => first + i * step);
}

/** Numbers that are known, in another order: where each of the result is. */
function arrangedStatic<T>(node: NodeReader<T>, shape: Shape, at: (index: number) => number): Value<T> {
  const { values, floats } = node.static(0);
  const arranged = Array.from({ length: sizeOf(shape) }, (_, i) => values[at(i)]);
  return numbers(shape, arranged, floats);
}

/** Numbers that are known, of which some places of some axes are kept. */
function choppedStatic<T>(
  node: NodeReader<T>,
  axes: readonly number[],
  places: (i: number) => readonly number[],
): Value<T> {
  const shape = node.shape(0);
  const kept = shape.map((extent, axis) => {
    const i = axes.indexOf(axis);
    return i < 0 ? Array.from({ length: extent }, (_, place) => place) : places(i);
  });
  const result = kept.map(({ length }) => length);
  return arrangedStatic(node, result, (index) => {
    let [rest, at, step] = [index, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += kept[axis][rest % result[axis]] * step;
      rest = Math.floor(rest / result[axis]);
      step *= shape[axis];
    }
    return at;
  });
}

export const layout: Readonly<Record<string, Rule>> = {
  ConstantOfShape: (node) => {
    const shape = node.numbers(0);
    requireExtents(node, shape);
    const {
      values: [fill],
      floats,
    } = node.numbersOf('value') ?? { values: [0], floats: true };
    if (sizeOf(shape) > MOST_NUMBERS) return [tensor(node.ops.broadcastTo(node.ops.constant(fill), shape))];
    return [numbers(shape, Array<number>(sizeOf(shape)).fill(fill), floats)];
  },
  Shape: (node) => {
    const shape = node.shape(0);
    const [start, end] = [node.number('start', 0), node.number('end', shape.length)];
    const kept = shape.slice(start, end);
    return [numbers([kept.length], kept)];
  },
  Size: (node) => [numbers([], [sizeOf(node.shape(0))])],
  Reshape: (node) => {
    const from = node.shape(0);
    const wanted = node.numbers(1).map((extent, axis) => {
      return extent === 0 && node.number('allowzero', 0) === 0 ? from[axis] : extent;
    });
    const known = sizeOf(wanted.filter((extent) => extent !== -1));
    const shape = wanted.map((extent) => (extent === -1 ? sizeOf(from) / known : extent));
    if (sizeOf(shape) === sizeOf(from)) return reshaped(node, shape);
    // The number of rows is the exporter's; here it is as many as are asked for.
    const rows = shape.findIndex((extent) => node.isExampleRows(extent));
    const others = sizeOf(shape.filter((_, axis) => axis !== rows));
    return reshaped(node, rows < 0 ? shape : shape.with(rows, sizeOf(from) / others));
  },
  Flatten: (node) => {
    const shape = node.shape(0);
    const axis = node.number('axis', 1);
    const at = axis < 0 ? axis + shape.length : axis;
    return reshaped(node, [sizeOf(shape.slice(0, at)), sizeOf(shape.slice(at))]);
  },
  Unsqueeze: (node) => {
    const shape = node.shape(0);
    const given = node.has(1) ? node.numbers(1) : (node.integers('axes') ?? []);
    const rank = shape.length + given.length;
    const axes = given.map((axis) => node.axis(axis, rank));
    const rest = [...shape];
    return reshaped(
      node,
      Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : rest.shift()!)),
    );
  },
  Squeeze: (node) => {
    const shape = node.shape(0);
    const axes = axesOf(node, 1, shape.length) ?? shape.flatMap((extent, axis) => (extent === 1 ? [axis] : []));
    return reshaped(
      node,
      shape.filter((_, axis) => !axes.includes(axis)),
    );
  },
  Transpose: (node) => {
    const rank = node.shape(0).length;
    const permutation = node.integers('perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
    if (node.isStatic(0) && rank < 2) return [node.values[0]!];
    if (node.isStatic(0) && rank === 2 && permutation[0] === 1 && permutation[1] === 0) {
      const [rows, columns] = node.shape(0);
      return [arrangedStatic(node, [columns, rows], (i) => (i % rows) * columns + Math.floor(i / rows))];
    }
    return [tensor(node.ops.transpose(node.tensor(0), permutation), node.type(0))];
  },
  Concat: (node) => {
    const axis = node.axis(node.number('axis', 0), node.shape(0).length);
    if (node.allStatic()) {
      if (node.shape(0).length > 1) throw node.refuse('it joins tables of numbers');
      const values = node.values.flatMap((_, i) => node.numbers(i));
      return [numbers([values.length], values, node.commonType() === undefined)];
    }
    return [
      tensor(
        node.ops.concat(
          node.values.map((_, i) => node.tensor(i)),
          axis,
        ),
        node.commonType(),
      ),
    ];
  },
  Split: (node) => {
    const shape = node.shape(0);
    const axis = node.axis(node.number('axis', 0), shape.length);
    const count = node.node.outputs.length;
    const given = node.has(1) ? node.numbers(1) : node.integers('split');
    const each = Math.ceil(shape[axis] / count);
    const sizes = given ?? Array.from({ length: count }, (_, i) => Math.min(each, shape[axis] - i * each));
    let from = 0;
    return sizes.map((size) => {
      const part = node.ops.slice(
        node.tensor(0),
        shape.map((_, a) => (a === axis ? from : 0)),
        shape.with(axis, size),
      );
      from += size;
      return tensor(part, node.type(0));
    });
  },
  Slice: (node) => {
    const shape = node.shape(0);
    const starts = node.has(1) ? node.numbers(1) : (node.integers('starts') ?? []);
    const ends = node.has(2) ? node.numbers(2) : (node.integers('ends') ?? []);
    const axes = axesOf(node, 3, shape.length) ?? starts.map((_, axis) => axis);
    const steps = node.has(4) ? node.numbers(4) : starts.map(() => 1);
    if (steps.some((step) => step !== 1)) {
      if (node.isStatic(0))
        return [choppedStatic(node, axes, (i) => steppedPlaces(node, starts[i], ends[i], steps[i], shape[axes[i]]))];
      // Every second row, or rows in reverse: chosen one by one.
      const x = axes.reduce((part, axis, i) => {
        return chosen(node.ops, part, axis, steppedPlaces(node, starts[i], ends[i], steps[i], shape[axis]));
      }, node.tensor(0));
      return [tensor(x, node.type(0))];
    }
    const begin = shape.map(() => 0);
    const size = [...shape];
    axes.forEach((axis, i) => {
      const place = (at: number) => Math.min(Math.max(at < 0 ? at + shape[axis] : at, 0), shape[axis]);
      begin[axis] = place(starts[i]);
      size[axis] = place(ends[i]) - begin[axis];
    });
    if (node.isStatic(0)) {
      const places = (axis: number) => Array.from({ length: Math.max(0, size[axis]) }, (_, i) => begin[axis] + i);
      return [choppedStatic(node, axes, (i) => places(axes[i]))];
    }
    return [tensor(node.ops.slice(node.tensor(0), begin, size), node.type(0))];
  },
  Gather: gatherRule,
  GatherElements: gatherElements,
  GatherND: gatherND,
  Tile: tile,
  Range: range,
  Pad: pad,
  Expand: (node) => {
    const [from, wanted] = [node.shape(0), node.numbers(1)];
    const rank = Math.max(from.length, wanted.length);
    const shape = Array.from({ length: rank }, (_, axis) =>
      Math.max(from[axis - rank + from.length] ?? 1, wanted[axis - rank + wanted.length] ?? 1),
    );
    return [tensor(node.ops.broadcastTo(node.tensor(0), shape), node.type(0))];
  },
};
