import fc from 'fast-check';
import type {
  Activation,
  ConvSource,
  DenseSource,
  PointwiseOperation,
  PointwiseProgram,
  ReduceRequest,
  ReduceResult,
  Region,
  Source,
  Stage,
} from '../src/index.js';

/** Random layers for property tests: odd sizes, one-pixel pictures, counts that four does not divide. */
const activations: readonly (Activation | null)[] = [
  null,
  'relu',
  'leakyRelu',
  'leakyRelu0.1',
  'leakyRelu0.2',
  'gelu',
  'silu',
  'sine',
  'tanh',
  'sigmoid',
];

/** Reproducible values in (−scale, scale). */
export function values(length: number, seed: number, scale = 1): Float32Array {
  let state = (seed % 2147483646) + 1;
  return Float32Array.from({ length }, () => {
    state = (state * 48271) % 2147483647;
    return (2 * (state / 2147483647) - 1) * scale;
  });
}

/** Functions of a few instructions: each reads values made before it, or constants. */
export const programs: fc.Arbitrary<PointwiseProgram> = fc
  .array(
    fc.record({
      operation: fc.constantFrom<PointwiseOperation>(
        ...(['add', 'sub', 'mul', 'max', 'min', 'abs', 'sin', 'cos', 'atan', 'tanh', 'sigmoid', 'erf'] as const),
      ),
      a: fc.nat(1000),
      b: fc.oneof(fc.nat(1000), fc.constantFrom(-30, -1, -0.25, 0.5, 2)),
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((picks) => ({
    instructions: picks.map(({ operation, a, b }, i) => ({
      operation,
      a: { value: a % (i + 1) },
      ...(['add', 'sub', 'mul', 'max', 'min'].includes(operation) && {
        b: Number.isInteger(b) && b >= 0 ? { value: b % (i + 1) } : { constant: b },
      }),
    })),
  }));

export const denseLayers = fc
  .record({
    height: fc.integer({ min: 1, max: 7 }),
    width: fc.integer({ min: 1, max: 9 }),
    neurons: fc.integer({ min: 1, max: 11 }),
    seed: fc.nat(1e6),
    activation: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...activations) }, programs),
    offset: fc.integer({ min: -8, max: 8 }).map((eighths) => eighths / 8),
  })
  .map(
    ({ height, width, neurons, seed, activation, offset }): DenseSource => ({
      kind: 'dense',
      input: values(height * width * neurons, seed, 2),
      pixels: height * width,
      width,
      neurons,
      scale: values(neurons, seed + 1, 2),
      offset,
      activation,
    }),
  );

const stages: fc.Arbitrary<Stage> = fc.oneof(
  fc.constantFrom(1, 3, 5).map((size): Stage => ({ kind: 'box', size })),
  fc.integer({ min: 1, max: 3 }).map((scale): Stage => ({ kind: 'upsample', scale })),
  fc.constantFrom(...activations.slice(1)).map((name): Stage => ({ kind: 'activation', activation: name! })),
);

export const convLayers = fc
  .record({
    shape: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 })),
    groups: fc.integer({ min: 1, max: 3 }),
    kernelSize: fc.constantFrom(1, 3, 5),
    shuffle: fc.integer({ min: 1, max: 4 }),
    seed: fc.nat(1e6),
    activation: fc.constantFrom(...activations),
    path: fc.array(stages, { maxLength: 5 }),
  })
  .map(({ shape, groups, kernelSize, shuffle, seed, activation, path }): ConvSource => {
    const [channels, height, width] = shape;
    const outChannels = groups * shuffle ** 2;
    return {
      kind: 'conv',
      input: values(channels * height * width, seed),
      inputShape: shape,
      kernel: values(outChannels * channels * kernelSize ** 2, seed + 1),
      outChannels,
      kernelSize,
      bias: values(outChannels, seed + 2),
      shuffle,
      activation,
      path,
    };
  })
  .filter((layer) => pixelsOf(layer) <= 3000);

/** How many pixels the picture has that a layer goes to. */
export function pixelsOf({ inputShape: [, height, width], shuffle, path }: ConvSource): number {
  const scale = path.reduce((product, stage) => (stage.kind === 'upsample' ? product * stage.scale : product), shuffle);
  return height * width * scale ** 2;
}

/** Any rectangle of a picture. */
export function regionOf(height: number, width: number, [a, b, c, d]: readonly number[]): Region {
  const top = Math.floor(a * height);
  const left = Math.floor(b * width);
  return {
    top,
    left,
    height: 1 + Math.floor(c * (height - top)),
    width: 1 + Math.floor(d * (width - left)),
  };
}

export const shares = fc.tuple(
  ...Array.from({ length: 4 }, () => fc.integer({ min: 0, max: 99 }).map((percent) => percent / 100)),
);

/** What a reduction gives of neurons start … end − 1, added at once. */
export function reduced(source: Source, start: number, end: number, request: ReduceRequest): ReduceResult {
  const reduction = source.reduction(request);
  try {
    return { ...reduction.add(start, end), ...reduction.counts() };
  } finally {
    reduction.dispose();
  }
}
