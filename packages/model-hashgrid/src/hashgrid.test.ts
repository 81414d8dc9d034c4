import {
  type Engine,
  type Inr,
  ndarray,
  type Program,
  pixelCoordinates,
  type Signal,
  type SignalShape,
  sizeOf,
} from '@xinc/core';
import {
  createLocalPool,
  createNetwork,
  createTracer,
  initializeParameters,
  type KernelPool,
  mostPixelsOfStep,
  train,
} from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import tfjs from '@xinc/engine-tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HashGridConfig } from './config.js';
import hashgrid from './index.js';
import { entriesOf, levelsOf, lookUp } from './levels.js';

const image: SignalShape = { kind: 'image', frames: 1, height: 5, width: 7 };
/** Two grids whose places have rows of their own, and one whose places share rows. */
const small = { levels: 3, features: 2, tableSize: 16, baseResolution: 2, growth: 2, width: 4 };
const build = (settings: object = {}): Inr => hashgrid.build(hashgrid.config.parse({ ...small, ...settings }), image);

let engine: Engine;
let pool: KernelPool;
beforeAll(async () => {
  engine = await ort.create({ threads: 1 });
  pool = await createLocalPool();
});
afterAll(async () => {
  await pool.dispose();
  await engine.dispose();
});

/** Weights large enough to see, for published tables begin at 1e-4, and biases that are not zero, where ReLU has no slope. */
function weightsOf(inr: Inr) {
  const drawn = initializeParameters(inr.parameters, 3);
  return Object.fromEntries(
    Object.entries(drawn).map(([name, { shape, data }]) => [
      name,
      ndarray(
        shape,
        data.map((value, i) => (name.endsWith('bias') ? 0.1 + 0.03 * i : name.endsWith('table') ? value * 1e4 : value)),
      ),
    ]),
  );
}

/** Row of a place, as tiny-cuda-nn's grid_index and torch-ngp's get_grid_index compute it, in whole numbers of any size. */
function rowByDefinition(x: number, y: number, stride: number, entries: number, hashed: boolean): number {
  const product = (BigInt(y) * 2654435761n) % 2n ** 32n;
  const index = hashed ? BigInt(x) ^ product : BigInt(x + y * stride);
  return Number(index % BigInt(entries));
}

describe.each([
  ['instant-ngp', [2, 4, 8], [1, 3, 7], 0.5, [8, 16, 16], [false, false, true]],
  ['torch-ngp', [3, 5, 9], [1, 3, 7], 0.5, [16, 16, 16], [false, true, true]],
  ['torch-ngp-corners', [2, 4, 8], [1, 3, 7], 0, [8, 16, 16], [false, false, true]],
  ['hashnerf', [0, 0, 0], [2, 4, 8], 0, [16, 16, 16], [true, true, true]],
] as const)('grids of %s', (grid, strides, scales, shift, entries, hashed) => {
  test('look up rows and bilinear weights as its code does', () => {
    const levels = levelsOf({ ...small, grid });
    expect(levels.map((level) => level.entries)).toEqual(entries);
    expect(levels.map((level) => level.hashed)).toEqual(hashed);
    const coordinates = Float32Array.of(0, 0, 0.3, 0.8, 1, 1, 0.5, 0.125);
    const { rows, weights } = lookUp(levels, coordinates);
    for (let p = 0; p < 4; p++) {
      let first = 0;
      for (const [l, scale] of scales.entries()) {
        const [x, y] = [0, 1].map((axis) => coordinates[2 * p + axis] * scale + shift);
        const expected = [0, 1, 2, 3].map((corner) => {
          const [column, row] = [Math.floor(x) + (corner & 1), Math.floor(y) + (corner >> 1)];
          const weight = (1 - Math.abs(x - column)) * (1 - Math.abs(y - row));
          return [first + rowByDefinition(column, row, strides[l], entries[l], hashed[l]), weight];
        });
        for (const [corner, [row, weight]] of expected.entries()) {
          expect(rows[12 * p + 4 * l + corner]).toBe(row);
          expect(weights[12 * p + 4 * l + corner]).toBeCloseTo(weight, 6);
        }
        first += entries[l];
      }
    }
  });
});

test('with smoothstep, weights are those of f at 3f² − 2f³, and sum to one', () => {
  const levels = levelsOf({ ...small, grid: 'torch-ngp-corners' });
  const coordinates = Float32Array.of(0, 0, 0.3, 0.8, 1, 1, 0.5, 0.125);
  const [linear, smooth] = (['linear', 'smoothstep'] as const).map((kind) => lookUp(levels, coordinates, kind));
  expect(smooth.rows).toEqual(linear.rows);
  const curve = (f: number) => 3 * f ** 2 - 2 * f ** 3;
  for (let at = 0; at < linear.weights.length; at += 4) {
    const [topLeft, topRight, bottomLeft, bottomRight] = linear.weights.subarray(at, at + 4);
    const [right, down] = [topRight + bottomRight, bottomLeft + bottomRight].map(curve);
    expect(topLeft + topRight + bottomLeft + bottomRight).toBeCloseTo(1, 6);
    const expected = [(1 - right) * (1 - down), right * (1 - down), (1 - right) * down, right * down];
    for (const [corner, weight] of expected.entries()) expect(smooth.weights[at + corner]).toBeCloseTo(weight, 5);
  }
});

test('interpolation and activation are read off the layers, whose contributions add up', async () => {
  const inr = build({ interpolation: 'smoothstep', activation: 'silu' });
  expect(inr.layers[0].reading).toMatch(/smoothstep$/);
  expect(inr.layers.find(({ id }) => id === 'layer1')).toMatchObject({ activation: 'silu' });
  const network = createNetwork(inr, weightsOf(inr), engine);
  const tracer = createTracer(network, pool);
  for (const { id } of tracer.layers) {
    const { largestError, largestPreactivation } = await tracer.completeness(id, 0);
    expect(largestError / largestPreactivation).toBeLessThan(1e-6);
  }
  await network.dispose();
});

test.each(['joined', 'separate'])('with %s tables the picture is what the formula says', async (tables) => {
  const inr = build({ tables });
  const weights = weightsOf(inr);
  const network = createNetwork(inr, weights, engine);
  const { output } = await network.evaluate(0, ['output']);
  const levels = levelsOf({ ...small, grid: 'instant-ngp' });
  const table = [0, 1, 2].flatMap((l) => [...(weights[`level${l + 1}.table`]?.data ?? [])]);
  const values = tables === 'joined' ? [...weights.table.data] : table;
  const pixels = Uint32Array.from({ length: 35 }, (_, p) => p);
  const places = pixelCoordinates(image, pixels, { coordinates: 'unit-centres', axes: 'xy' });
  expect(places[0]).toBeCloseTo(0.5 / 7, 6);
  const { rows, weights: shares } = lookUp(levels, places);
  for (const p of pixels) {
    let x = [0, 1, 2].flatMap((l) =>
      [0, 1].map((f) =>
        [0, 1, 2, 3].reduce((sum, c) => sum + shares[12 * p + 4 * l + c] * values[2 * rows[12 * p + 4 * l + c] + f], 0),
      ),
    );
    for (const layer of [1, 2, 3]) {
      const { data, shape } = weights[`layer${layer}.weight`];
      const bias = weights[`layer${layer}.bias`].data;
      const z = Array.from({ length: shape[0] }, (_, o) =>
        x.reduce((sum, v, n) => sum + v * data[o * shape[1] + n], bias[o]),
      );
      x = layer < 3 ? z.map((value) => Math.max(value, 0)) : z;
    }
    for (const [c, value] of x.entries()) expect(output.data[3 * p + c]).toBeCloseTo(value, 4);
  }
  await network.dispose();
});

describe.each(['joined', 'separate'])('layers of %s tables', (tables) => {
  test('are the tables, then the dense layers, and contributions add up in every one', async () => {
    const inr = build({ tables });
    const network = createNetwork(inr, weightsOf(inr), engine);
    const tracer = createTracer(network, pool);
    expect(inr.layers.map(({ id, label }) => [id, label])).toEqual([
      ['level1', 'Level 1 · 8 rows, 2 × 2 places'],
      ['level2', 'Level 2 · 16 rows, 4 × 4 places'],
      ['level3', 'Level 3 · 16 rows, shared by hash'],
      ['layer1', 'Layer 1 · 6 features'],
      ['layer2', 'Layer 2 · 4 neurons'],
      ['layer3', 'Layer 3 · 4 neurons'],
    ]);
    for (const { id } of inr.layers) {
      const { largestError, largestPreactivation } = await tracer.completeness(id, 0);
      expect(largestPreactivation, id).toBeGreaterThan(0.01);
      expect(largestError, id).toBeLessThan(1e-6 * Math.max(1, largestPreactivation));
    }
    await network.dispose();
  });

  test('a neuron is a row: its map is its weight at each pixel times the sum of its features, and zero where it is off', async () => {
    const inr = build({ tables });
    const weights = weightsOf(inr);
    const network = createNetwork(inr, weights, engine);
    const tracer = createTracer(network, pool);
    const level = levelsOf({ ...small, grid: 'instant-ngp' })[2];
    const pixels = Uint32Array.from({ length: 35 }, (_, p) => p);
    const { rows, weights: shares } = lookUp(
      [{ ...level, first: 0 }],
      pixelCoordinates(image, pixels, { coordinates: 'unit-centres', axes: 'xy' }),
    );
    const all = Array.from({ length: 16 }, (_, n) => n);
    const maps = await tracer.maps('level3', 0, all);
    const { data } =
      tables === 'joined' ? { data: weights.table.data.subarray(2 * level.first) } : weights['level3.table'];
    for (const n of all) {
      for (let p = 0; p < 35; p++) {
        const share = [0, 1, 2, 3].reduce((sum, c) => sum + (rows[4 * p + c] === n ? shares[4 * p + c] : 0), 0);
        expect(maps[35 * n + p]).toBeCloseTo(share * (data[2 * n] + data[2 * n + 1]), 5);
      }
    }
    const hook = inr.layers[2];
    if (hook.kind !== 'custom') throw new Error('a table is no custom layer');
    const off = createNetwork(inr, { ...weights, ...hook.switchOff!(weights, [5]) }, engine);
    const without = await createTracer(off, pool).maps('level3', 0, [5, 6]);
    expect([...without.subarray(0, 35)].every((value) => value === 0)).toBe(true);
    expect(without.subarray(35)).toEqual(maps.subarray(35 * 6, 35 * 7));
    await off.dispose();
    await network.dispose();
  });
});

test('both engines draw the same, and have the gradients of differences', async () => {
  const inr = build();
  const weights = weightsOf(inr);
  const target = ndarray(
    [35, 3],
    Float32Array.from({ length: 105 }, (_, i) => (i % 7) / 7),
  );
  const inputs = {
    ...weights,
    ...inr.inputs(
      [0],
      Uint32Array.from({ length: 35 }, (_, p) => p),
    ),
    target,
  };
  const program: Program = (ops, values) => {
    const { output } = inr.forward(ops, values, values);
    return { output, loss: ops.mean(ops.square(ops.sub(output, values.target))) };
  };
  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
  const outputs: Float32Array[] = [];
  for (const plugin of [ort, tfjs]) {
    const own = await plugin.create({ threads: 1 });
    const executable = await own.compileGradient(program, shapes, { loss: 'loss', wrt: Object.keys(weights) });
    const found = await executable.run(inputs);
    outputs.push(found.output.data);
    for (const name of Object.keys(weights)) {
      const gradient = found[`gradient:${name}`].data;
      const length = Math.hypot(...gradient);
      expect(length, name).toBeGreaterThan(0);
      const lossAt = async (step: number) => {
        const moved = weights[name].data.map((value, i) => value + (step * gradient[i]) / length);
        return (await executable.run({ ...inputs, [name]: ndarray(weights[name].shape, moved) })).loss.data[0];
      };
      const slope = ((await lossAt(3e-4)) - (await lossAt(-3e-4))) / 6e-4;
      expect(Math.abs(slope - length), `${own.name}, ${name}`).toBeLessThan(1e-3 + 0.02 * length);
    }
    await executable.dispose();
    await own.dispose();
  }
  for (const [i, value] of outputs[0].entries()) expect(outputs[1][i]).toBeCloseTo(value, 5);
});

test('too many rows are refused with what to do', () => {
  const wide = { levels: 32, tableSize: 2 ** 22, growth: 4 };
  expect(() => build(wide)).toThrow(/The tables would have \d+ rows; there can be 16777216/);
});

test('the default has 77,827 parameters, and sees as many pixels a step as other networks', () => {
  const inr = hashgrid.build(hashgrid.config.parse({}), { ...image, height: 300, width: 300 });
  expect(inr.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(77_827);
  expect(entriesOf(levelsOf(hashgrid.config.parse({})))).toBe(36_192);
  expect(mostPixelsOfStep(inr)).toBe(65_536);
});

describe('a checkpoint', () => {
  const dense = (names: readonly string[], widths: readonly number[]) =>
    Object.fromEntries(names.map((name, i) => [`${name}.weight`, [widths[i + 1], widths[i]]]));

  test('of torch-ngp tells its grids by where their tables begin', () => {
    const settings = { grid: 'torch-ngp', levels: 4, tableSize: 1024, baseResolution: 16, growth: 2 } as const;
    const levels = levelsOf(settings);
    const offsets = [...levels.map(({ first }) => first), entriesOf(levels)];
    const shapes = {
      'encoder.embeddings': [entriesOf(levels), 2],
      'encoder.offsets': [5],
      ...dense(['backbone.0', 'backbone.1'], [8, 32, 3]),
    };
    const values = (name: string) => (name === 'encoder.offsets' ? offsets : undefined);
    expect(hashgrid.infer!(shapes, image, values)).toEqual({
      levels: 4,
      tableSize: 1024,
      features: 2,
      layers: 2,
      width: 32,
      tables: 'joined',
    });
    expect(hashgrid.assume!(shapes, image, values)).toEqual({
      grid: 'torch-ngp',
      tableSize: 1024,
      baseResolution: 16,
      growth: 2,
    });
    expect(hashgrid.layout!(shapes)!.names).toEqual({
      table: 'encoder.embeddings',
      'layer1.weight': 'backbone.0.weight',
      'layer1.bias': 'backbone.0.bias',
      'layer2.weight': 'backbone.1.weight',
      'layer2.bias': 'backbone.1.bias',
    });
  });

  test('of HashNeRF-pytorch has a whole table a level', () => {
    const tables = Object.fromEntries([0, 1, 2].map((l) => [`embedder.embeddings.${l}.weight`, [512, 2]]));
    const shapes = { ...tables, ...dense(['net.0', 'net.2', 'net.4'], [6, 64, 64, 3]) };
    expect(hashgrid.infer!(shapes, image)).toEqual({
      levels: 3,
      features: 2,
      tableSize: 512,
      layers: 3,
      width: 64,
      tables: 'separate',
    });
    expect(hashgrid.assume!(shapes, image)).toMatchObject({ grid: 'hashnerf', tableSize: 512 });
  });

  test.each(['joined', 'separate'])('of its own, with %s tables, comes in again', (tables) => {
    const inr = hashgrid.build(hashgrid.config.parse({ tables, levels: 5, tableSize: 2048 }), image);
    const shapes = Object.fromEntries(inr.parameters.map(({ name, shape }) => [name, shape]));
    const told = { ...hashgrid.assume!(shapes, image), ...hashgrid.infer!(shapes, image) };
    expect(told).toMatchObject({ tables, levels: 5, tableSize: 2048, baseResolution: 16, growth: 1.5 });
    const names = hashgrid.layout!(shapes)!.names;
    expect(Object.entries(names).every(([own, theirs]) => own === theirs)).toBe(true);
  });

  /** Geometries that share the sizes of their tables with others. */
  const ambiguous: Partial<HashGridConfig>[] = [
    { growth: 1.38 },
    { tables: 'joined', tableSize: 512, growth: 2 },
    { tables: 'separate', tableSize: 256 },
    { grid: 'hashnerf', tables: 'joined', tableSize: 256, growth: 2 },
    { grid: 'torch-ngp', tables: 'separate', tableSize: 1024, growth: 2 },
    { grid: 'torch-ngp', tables: 'separate', tableSize: 4096, baseResolution: 64, growth: 1.5 },
  ];
  test.each(ambiguous)('of %o shows nothing that it was not made with, and is of the shapes assumed', (settings) => {
    const config = hashgrid.config.parse(settings);
    const shapesOf = (from: HashGridConfig) =>
      Object.fromEntries(hashgrid.build(from, image).parameters.map(({ name, shape }) => [name, shape]));
    const shapes = shapesOf(config);
    const inferred = hashgrid.infer!(shapes, image);
    expect(config).toMatchObject(inferred);
    const assumed = hashgrid.assume!(shapes, image);
    expect(Object.keys(assumed)).toEqual(['grid', 'tableSize', 'baseResolution', 'growth']);
    expect(shapesOf(hashgrid.config.parse({ ...assumed, ...inferred }))).toEqual(shapes);
    // What the network was made with is among what an import tries.
    const { grid, baseResolution, growth } = hashgrid.unshown!;
    for (const [key, values] of Object.entries({ grid, baseResolution, growth })) {
      expect(values).toContain(config[key as keyof HashGridConfig]);
    }
  });

  describe('that is whole but for one tensor tells the network that comes nearest, where', () => {
    const tables = Object.fromEntries(Array.from({ length: 4 }, (_, l) => [`grid.embeddings.${l}.weight`, [1024, 2]]));
    const mlp = { ...dense(['0', '2'], [8, 16, 3]), '0.bias': [16], '2.bias': [3] };
    const whole: Record<string, readonly number[]> = { ...tables, ...mlp };
    test.each<[string, Record<string, readonly number[]>, string]>([
      ['the first weight is missing', {}, '0.weight'],
      ['the last weight is missing', {}, '2.weight'],
      ['the first weight is turned', { '0.weight': [8, 16] }, ''],
      ['the last weight has a column too many', { '2.weight': [3, 17] }, ''],
      ['the last weight has a row too many', { '2.weight': [4, 16] }, ''],
      ['the first table is missing', {}, 'grid.embeddings.0.weight'],
      ['a table is missing', {}, 'grid.embeddings.2.weight'],
      ['the last table is missing', {}, 'grid.embeddings.3.weight'],
      ['a table has a row too many', { 'grid.embeddings.2.weight': [1025, 2] }, ''],
      ['a table has a column too many', { 'grid.embeddings.2.weight': [1024, 3] }, ''],
      ['a layer of something else is there', { 'aside.weight': [7, 7], 'aside.bias': [7] }, ''],
    ])('%s', (_, changed, missing) => {
      const { [missing]: __, ...shapes } = { ...whole, ...changed };
      expect(hashgrid.infer!(shapes, image)).toEqual(hashgrid.infer!(whole, image));
      expect(hashgrid.assume!(shapes, image)).toEqual(hashgrid.assume!(whole, image));
      const { 'layer1.bias': ___, ...names } = hashgrid.layout!(whole)!.names;
      expect(hashgrid.layout!(shapes)!.names).toMatchObject(names);
    });
  });

  test.each([
    ['a network of coordinates', dense(['0', '2'], [2, 8, 3])],
    ['a table whose features no layer reads', { embeddings: [100, 2], ...dense(['0', '2'], [5, 8, 3]) }],
    ['a radiance field, which gives no colour alone', { embeddings: [100, 2], ...dense(['0', '2'], [4, 8, 16]) }],
  ])('of %s tells nothing', (_, shapes) => {
    expect(hashgrid.infer!(shapes, image)).toEqual({});
    expect(hashgrid.layout!(shapes)).toBeUndefined();
  });
});

test('a picture is learned', async () => {
  const rgb = Float32Array.from({ length: 105 }, (_, i) => ((i * 37) % 101) / 101);
  const source = { path: 'noise', sha256: '', originalHeight: 5, originalWidth: 7, notes: [] };
  const signal: Signal = { shape: image, source, frame: async () => ({ height: 5, width: 7, rgb }) };
  const inr = build({ baseResolution: 4, tableSize: 64, width: 32 });
  let last = 0;
  await train({
    inr,
    signal,
    engine,
    steps: 150,
    onStep: ({ psnr }) => {
      last = psnr;
    },
  });
  expect(last).toBeGreaterThan(25);
});
