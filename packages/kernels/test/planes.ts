import fc from 'fast-check';
import type { AxisSums, PlaneStep, PlanesSource, PlanesStart } from '../src/index.js';
import { programs, values } from './layers.js';
import { evaluate } from './reference.js';

/* Random layers whose ways fork and join, and what the steps say of them, in float64. */

export interface Grid {
  readonly height: number;
  readonly width: number;
  readonly values: readonly number[];
}

function grid(height: number, width: number, value: (y: number, x: number) => number): Grid {
  return {
    height,
    width,
    values: Array.from({ length: height * width }, (_, p) => value(Math.floor(p / width), p % width)),
  };
}

/** Plane 0 of a neuron, before any step. */
export function startOf(start: PlanesStart, neuron: number): Grid {
  const { height, width } = start;
  if (start.kind === 'values') {
    return grid(height, width, (y, x) => start.input[(y * width + x) * start.neurons + neuron]);
  }
  const { transposed, inputShape, kernelSize, outputs, groups, stride, dilation, padding, input, kernel, bias } = start;
  const [channels, rows, columns] = inputShape;
  const [k, l] = kernelSize;
  const [inputs, perGroup] = [channels / groups, outputs / groups];
  const [i, o] = [Math.floor(neuron / outputs), neuron % outputs];
  const channel = Math.floor(o / perGroup) * inputs + i;
  const first = transposed ? channel * perGroup + (o % perGroup) : o * inputs + i;
  const place = (output: number, tap: number, axis: 0 | 1) =>
    transposed
      ? (output + padding[axis] - tap * dilation[axis]) / stride[axis]
      : output * stride[axis] + tap * dilation[axis] - padding[axis];
  return grid(height, width, (y, x) => {
    let sum = bias[o] / inputs;
    for (let u = 0; u < k; u++) {
      for (let t = 0; t < l; t++) {
        const [row, column] = [place(y, u, 0), place(x, t, 1)];
        if (!Number.isInteger(row) || row < 0 || row >= rows) continue;
        if (!Number.isInteger(column) || column < 0 || column >= columns) continue;
        sum += kernel[(first * k + u) * l + t] * input[(channel * rows + row) * columns + column];
      }
    }
    return sum;
  });
}

/** The picture's plane of a neuron. */
export function pictureOf({ start, steps, picture }: PlanesSource, neuron: number): Grid {
  const outputs = start.kind === 'convolution' ? start.outputs : 1;
  const planes = [startOf(start, neuron)];
  for (const step of steps) planes.push(take(step, planes, neuron % outputs));
  return planes[picture];
}

function take(step: PlaneStep, planes: readonly Grid[], output: number): Grid {
  if (step.kind === 'sum') {
    const [{ plane }] = step.of;
    return grid(planes[plane].height, planes[plane].width, (y, x) =>
      step.of.reduce((sum, part) => sum + part.sign * planes[part.plane].values[y * planes[plane].width + x], 0),
    );
  }
  const { height, width, values: all } = planes[step.of];
  if (step.kind === 'function') {
    if (typeof step.f === 'string') return { height, width, values: all.map((u) => Math.max(u, 0)) };
    const { f } = step;
    return { height, width, values: all.map((u) => evaluate(f, u) - evaluate(f, 0)) };
  }
  if (step.kind === 'factor') {
    return { height, width, values: all.map((u, p) => (step.divide ? u / step.by[p] : u * step.by[p])) };
  }
  if (step.kind === 'scatter') {
    const { scale: s } = step;
    return grid(height * s, width * s, (y, x) =>
      (y % s) * s + (x % s) === output % s ** 2 ? all[Math.floor(y / s) * width + Math.floor(x / s)] : 0,
    );
  }
  return grid(step.rows.length, step.columns.length, (y, x) =>
    step.rows[y].reduce(
      (sum, [row, down]) =>
        sum + step.columns[x].reduce((part, [column, across]) => part + down * across * all[row * width + column], 0),
      0,
    ),
  );
}

const starts: fc.Arbitrary<PlanesStart> = fc.oneof(
  fc
    .record({
      height: fc.integer({ min: 1, max: 5 }),
      width: fc.integer({ min: 1, max: 6 }),
      neurons: fc.integer({ min: 1, max: 9 }),
    })
    .map(
      ({ height, width, neurons }): PlanesStart => ({
        kind: 'values',
        input: values(height * width * neurons, 3),
        neurons,
        height,
        width,
      }),
    ),
  fc
    .record({
      transposed: fc.boolean(),
      rows: fc.integer({ min: 1, max: 5 }),
      columns: fc.integer({ min: 1, max: 5 }),
      inputs: fc.integer({ min: 1, max: 2 }),
      perGroup: fc.constantFrom(1, 4),
      groups: fc.integer({ min: 1, max: 2 }),
      k: fc.integer({ min: 1, max: 3 }),
      l: fc.integer({ min: 1, max: 4 }),
      stride: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 })),
      dilation: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    })
    .map(({ transposed, rows, columns, inputs, perGroup, groups, k, l, stride, dilation }): PlanesStart => {
      const padding = [(k - 1) * dilation[0], (l - 1) * dilation[1]] as const;
      const extent = (axis: 0 | 1, from: number, size: number) => {
        const reach = (size - 1) * dilation[axis];
        return transposed
          ? Math.max(1, (from - 1) * stride[axis] + reach + 1 - padding[axis])
          : Math.floor((from + 2 * padding[axis] - reach - 1) / stride[axis]) + 1;
      };
      const [channels, outputs] = [inputs * groups, perGroup * groups];
      return {
        kind: 'convolution',
        transposed,
        input: values(channels * rows * columns, 4),
        inputShape: [channels, rows, columns],
        kernel: values((channels * outputs * k * l) / groups, 5),
        kernelSize: [k, l],
        outputs,
        groups,
        stride,
        dilation,
        padding,
        bias: values(outputs, 6),
        height: extent(0, rows, k),
        width: extent(1, columns, l),
      };
    }),
);

/** What an axis becomes: nearest ×2, a mean of 3, half as many, a cut. */
const axes: readonly ((inputs: number) => AxisSums)[] = [
  (inputs) => Array.from({ length: inputs }, (_, i) => [[i, 1]]),
  (inputs) => Array.from({ length: 2 * inputs }, (_, i) => [[Math.floor(i / 2), 1]]),
  (inputs) =>
    Array.from({ length: inputs }, (_, i) =>
      [i - 1, i, i + 1].flatMap((from) => (from >= 0 && from < inputs ? [[from, 1 / 3] as const] : [])),
    ),
  (inputs) =>
    Array.from({ length: Math.ceil(inputs / 2) }, (_, i) => [
      [2 * i, 0.75],
      ...(2 * i + 1 < inputs ? [[2 * i + 1, 0.25] as const] : []),
    ]),
  (inputs) => Array.from({ length: inputs + 1 }, (_, i) => (i > 0 ? [[i - 1, 1]] : [])),
];

/** Layers of up to seven steps; each reads planes made before it, and sums those of the same extents. */
export const planesLayers: fc.Arbitrary<PlanesSource> = fc
  .record({
    start: starts,
    scatter: fc.boolean(),
    picks: fc.array(
      fc.record({
        kind: fc.constantFrom('function', 'relu', 'sum', 'weighted', 'weighted', 'factor'),
        of: fc.nat(1000),
        other: fc.nat(1000),
        f: programs,
        rows: fc.constantFrom(...axes),
        columns: fc.constantFrom(...axes),
      }),
      { maxLength: 7 },
    ),
  })
  .map(({ start, scatter, picks }) => {
    const steps: PlaneStep[] = [];
    const extents: (readonly [number, number])[] = [[start.height, start.width]];
    if (scatter && start.kind === 'convolution' && start.outputs % 4 === 0) {
      steps.push({ kind: 'scatter', of: 0, scale: 2 });
      extents.push([2 * start.height, 2 * start.width]);
    }
    for (const { kind, of: pick, other, f, rows, columns } of picks) {
      // Mostly the latest plane, now and then an earlier one.
      const of = pick % 3 === 0 ? pick % extents.length : extents.length - 1;
      const [height, width] = extents[of];
      if (height * width > 600) continue;
      extents.push([height, width]);
      if (kind === 'function') steps.push({ kind, of, f });
      else if (kind === 'relu') steps.push({ kind: 'function', of, f: 'relu' });
      else if (kind === 'factor') {
        const by = values(height * width, 8).map((value) => value + 2);
        steps.push({ kind, of, by, divide: pick % 2 === 0 });
      } else if (kind === 'sum') {
        const same = extents.slice(0, -1).flatMap(([h, w], plane) => (h === height && w === width ? [plane] : []));
        const plane = same[other % same.length];
        steps.push({
          kind,
          of: [
            { plane: of, sign: pick % 2 === 0 ? 1 : -1 },
            { plane, sign: other % 2 === 0 ? 1 : -1 },
            ...(other % 5 === 0 ? [{ plane: of, sign: 1 as const }] : []),
          ],
        });
      } else {
        const step = { kind: 'weighted', of, rows: rows(height), columns: columns(width) } as const;
        steps.push(step);
        extents[extents.length - 1] = [step.rows.length, step.columns.length];
      }
    }
    return { kind: 'planes', start, steps, picture: steps.length } as const;
  })
  // Chains of functions that are not continuous, or grow, are no test of arithmetic.
  .filter((source) => pictureOf(source, 0).values.every((value) => Math.abs(value) < 100));
