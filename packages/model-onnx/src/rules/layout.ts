import { type Shape, sizeOf } from '@xinc/core';
import { type NodeReader, numbers, type Rule, tensor, type Value } from '../values.js';

/** Numbers that are made while a network is read: shapes and axes, not weights. */
const MOST_NUMBERS = 100_000;

/** A value under another shape. */
function reshaped<T>(node: NodeReader<T>, shape: Shape): readonly Value<T>[] {
  if (!shape.every((extent) => Number.isInteger(extent) && extent >= 0)) {
    throw node.refuse(`${node.shape(0).join('×')} numbers are no ${shape.join('×')}`);
  }
  if (node.isStatic(0)) return [numbers(shape, node.numbers(0))];
  return [tensor(node.ops.reshape(node.tensor(0), shape))];
}

/** Axes given as an attribute, as they were before opset 13, or as an input. */
function axesOf<T>(node: NodeReader<T>, input: number, rank: number): number[] | undefined {
  const axes = node.has(input) ? node.numbers(input) : node.integers('axes');
  return axes?.map((axis) => node.axis(axis, rank));
}

export const layout: Readonly<Record<string, Rule>> = {
  ConstantOfShape: (node) => {
    const shape = node.numbers(0);
    if (!(sizeOf(shape) <= MOST_NUMBERS)) throw node.refuse(`it makes ${shape.join('×')} numbers`);
    const fill = node.numbersOf('value')?.values[0] ?? 0;
    return [numbers(shape, Array<number>(sizeOf(shape)).fill(fill))];
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
    return [tensor(node.ops.transpose(node.tensor(0), permutation))];
  },
  Concat: (node) => {
    const axis = node.axis(node.number('axis', 0), node.shape(0).length);
    if (node.allStatic()) {
      if (node.shape(0).length > 1) throw node.refuse('it joins tables of numbers');
      const values = node.values.flatMap((_, i) => node.numbers(i));
      return [numbers([values.length], values)];
    }
    return [
      tensor(
        node.ops.concat(
          node.values.map((_, i) => node.tensor(i)),
          axis,
        ),
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
      return tensor(part);
    });
  },
  Slice: (node) => {
    const shape = node.shape(0);
    const starts = node.has(1) ? node.numbers(1) : (node.integers('starts') ?? []);
    const ends = node.has(2) ? node.numbers(2) : (node.integers('ends') ?? []);
    const axes = axesOf(node, 3, shape.length) ?? starts.map((_, axis) => axis);
    const steps = node.has(4) ? node.numbers(4) : starts.map(() => 1);
    if (steps.some((step) => step !== 1)) throw node.refuse(`it takes every ${steps.join(', ')}th element`);
    const begin = shape.map(() => 0);
    const size = [...shape];
    axes.forEach((axis, i) => {
      const place = (at: number) => Math.min(Math.max(at < 0 ? at + shape[axis] : at, 0), shape[axis]);
      begin[axis] = place(starts[i]);
      size[axis] = place(ends[i]) - begin[axis];
    });
    if (node.isStatic(0)) {
      if (shape.length !== 1) throw node.refuse('it cuts a table of numbers');
      return [numbers(size, node.numbers(0).slice(begin[0], begin[0] + size[0]))];
    }
    return [tensor(node.ops.slice(node.tensor(0), begin, size))];
  },
  Gather: (node) => {
    const shape = node.shape(0);
    const axis = node.axis(node.number('axis', 0), shape.length);
    const index = node.static(1);
    const at = index.values.map((i) => (i < 0 ? i + shape[axis] : i));
    if (node.isStatic(0)) {
      if (shape.length !== 1) throw node.refuse('it looks up a table of numbers');
      return [
        numbers(
          index.shape,
          at.map((i) => node.numbers(0)[i]),
        ),
      ];
    }
    const parts = at.map((i) =>
      node.ops.slice(
        node.tensor(0),
        shape.map((_, a) => (a === axis ? i : 0)),
        shape.with(axis, 1),
      ),
    );
    const joined = parts.length === 1 ? parts[0] : node.ops.concat(parts, axis);
    return [tensor(node.ops.reshape(joined, [...shape.slice(0, axis), ...index.shape, ...shape.slice(axis + 1)]))];
  },
  Pad: (node) => {
    const rank = node.shape(0).length;
    const pads = node.has(1) ? node.numbers(1) : (node.integers('pads') ?? []);
    if (node.text('mode', 'constant') !== 'constant') throw node.refuse(`it pads by '${node.text('mode', '')}'`);
    if (node.has(2) && node.numbers(2)[0] !== 0) throw node.refuse('it pads with other numbers than 0');
    const axes = axesOf(node, 3, rank) ?? Array.from({ length: rank }, (_, axis) => axis);
    const padding = Array.from({ length: rank }, () => [0, 0] as const) as (readonly [number, number])[];
    axes.forEach((axis, i) => {
      padding[axis] = [pads[i], pads[i + axes.length]];
    });
    return [tensor(node.ops.pad(node.tensor(0), padding))];
  },
  Expand: (node) => {
    const [from, wanted] = [node.shape(0), node.numbers(1)];
    const rank = Math.max(from.length, wanted.length);
    const shape = Array.from({ length: rank }, (_, axis) =>
      Math.max(from[axis - rank + from.length] ?? 1, wanted[axis - rank + wanted.length] ?? 1),
    );
    return [tensor(node.ops.broadcastTo(node.tensor(0), shape))];
  },
};
