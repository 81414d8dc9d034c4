import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Arrays,
  type Inr,
  type LabelMap,
  type MapBlock,
  ndarray,
  type ParameterSpec,
  type StatisticsRequest,
} from '../dist/index.js';
import { createWorkerPool } from '../dist/node/index.js';
import {
  type ContributionSource,
  createLocalPool,
  createTracer,
  type KernelPool,
  type Network,
} from '../dist/trace/index.js';

/*
 * The tracer over networks whose activations are given outright, with no engine: a dense layer on pixels, convolutions on
 * frames, a layer that computes its own maps.
 */
let local: KernelPool;
const workers = new Map<number, KernelPool>();
beforeAll(async () => {
  local = await createLocalPool();
  for (const count of [1, 2, 8]) workers.set(count, createWorkerPool({ workers: count }));
});
afterAll(async () => {
  await local.dispose();
  for (const pool of workers.values()) await pool.dispose();
});

function noise(length: number, seed: number): Float32Array {
  let state = (seed % 2147483646) + 1;
  return Float32Array.from({ length }, () => {
    state = (state * 48271) % 2147483647;
    return (2 * state) / 2147483647 - 1;
  });
}

const training = {
  optimizer: { beta1: 0, beta2: 0, epsilon: 0 },
  learningRate: 1,
  schedule: () => 1,
  steps: 1,
  batch: 1,
};

const specsOf = (parameters: Arrays): ParameterSpec[] =>
  Object.entries(parameters).map(([name, { shape }]) => ({
    name,
    shape,
    init: { kind: 'constant', value: 0 },
    trainable: true,
  }));

function pixelNetwork(height: number, width: number, neurons: number, outputs: number): Network {
  const parameters: Arrays = {
    weight: ndarray([outputs, neurons], noise(outputs * neurons, 1)),
    bias: ndarray([outputs], noise(outputs, 2)),
  };
  const input = noise(height * width * neurons, 3);
  const inr: Inr = {
    signal: { kind: 'image', frames: 1, height, width },
    sampling: 'pixels',
    parameters: specsOf(parameters),
    inputs: () => ({}),
    forward: () => {
      throw new Error('not needed');
    },
    layers: [
      {
        kind: 'dense',
        id: 'layer1',
        label: 'Layer 1',
        input: 'x',
        weight: 'weight',
        bias: 'bias',
        preactivation: 'z',
        activation: 'relu',
        ...(outputs === 3 && { channels: ['red', 'green', 'blue'] }),
      },
      {
        kind: 'custom',
        id: 'own',
        label: 'Computes its own',
        input: 'x',
        neurons: 3,
        trace(_context, wanted, region, out) {
          const area = region.height * region.width;
          for (const [i, n] of wanted.entries()) {
            for (let p = 0; p < area; p++) {
              const y = region.top + Math.floor(p / region.width);
              out[i * area + p] = (n + 1) * (y * width + region.left + (p % region.width)) - 5;
            }
          }
        },
      },
    ],
    training,
  };
  return {
    inr,
    parameters,
    async evaluate(_frame, outputNames, pixels = Uint32Array.from({ length: height * width }, (_, p) => p)) {
      const x = new Float32Array(pixels.length * neurons);
      const z = new Float32Array(pixels.length * outputs);
      for (const [i, p] of pixels.entries()) {
        x.set(input.subarray(p * neurons, (p + 1) * neurons), i * neurons);
        for (let o = 0; o < outputs; o++) {
          let sum = parameters.bias.data[o];
          for (let n = 0; n < neurons; n++) sum += input[p * neurons + n] * parameters.weight.data[o * neurons + n];
          z[i * outputs + o] = sum;
        }
      }
      const all = { x: ndarray([pixels.length, neurons], x), z: ndarray([pixels.length, outputs], z) };
      return Object.fromEntries(outputNames.map((name) => [name, all[name as keyof typeof all]]));
    },
    reconstruct: async () => ({ height, width, rgb: new Float32Array(3 * height * width) }),
    dispose: async () => {},
  };
}

function frameNetwork(): Network {
  const [channels, out, h, w] = [5, 12, 4, 6];
  const parameters: Arrays = {
    kernel: ndarray([out, channels, 3, 3], noise(out * channels * 9, 4)),
    bias: ndarray([out], noise(out, 5)),
  };
  const inr: Inr = {
    signal: { kind: 'video', frames: 3, height: 2 * h, width: 2 * w },
    sampling: 'frames',
    parameters: specsOf(parameters),
    inputs: () => ({}),
    forward: () => {
      throw new Error('not needed');
    },
    layers: [
      {
        kind: 'conv',
        id: 'block1',
        label: 'Block 1',
        input: 'x',
        kernel: 'kernel',
        bias: 'bias',
        preactivation: 'z',
        shuffle: 2,
        activation: 'gelu',
        path: [{ kind: 'box', size: 3 }],
      },
    ],
    training,
  };
  return {
    inr,
    parameters,
    evaluate: async (frame) => ({ x: ndarray([1, channels, h, w], noise(channels * h * w, 10 + frame)) }),
    reconstruct: async () => ({ height: 2 * h, width: 2 * w, rgb: new Float32Array(12 * h * w) }),
    dispose: async () => {},
  };
}

/** A convolution whose way forks: a derived layer. */
function forkingNetwork(): Network {
  const [channels, outputs, h, w] = [4, 6, 5, 7];
  const network = frameNetwork();
  const mean = (extent: number) =>
    Array.from({ length: extent }, (_, i) =>
      [i - 1, i, i + 1].flatMap((from) => (from >= 0 && from < extent ? [[from, 1 / 3] as const] : [])),
    );
  return {
    ...network,
    inr: {
      ...network.inr,
      signal: { kind: 'video', frames: 3, height: h, width: w },
      layers: [
        {
          kind: 'derived',
          id: 'fork',
          label: 'Fork',
          input: 'x',
          neurons: channels * outputs,
          outputs,
          source: ({ activations }) => ({
            kind: 'planes',
            start: {
              kind: 'convolution',
              transposed: false,
              input: activations.x.data,
              inputShape: [channels, h, w],
              kernel: noise(outputs * channels * 9, 6),
              kernelSize: [3, 3],
              outputs,
              groups: 1,
              stride: [1, 1],
              dilation: [1, 1],
              padding: [1, 1],
              bias: noise(outputs, 7),
              height: h,
              width: w,
            },
            steps: [
              { kind: 'weighted', of: 0, rows: mean(h), columns: mean(w) },
              { kind: 'function', of: 1, f: 'gelu' },
              { kind: 'factor', of: 0, by: noise(h * w, 8), divide: false },
              {
                kind: 'sum',
                of: [
                  { plane: 2, sign: 1 },
                  { plane: 3, sign: -1 },
                ],
              },
            ],
            picture: 4,
          }),
        },
      ],
    },
    evaluate: async (frame) => ({ x: ndarray([1, channels, h, w], noise(channels * h * w, 10 + frame)) }),
  };
}

function stripes(height: number, width: number, groups: number): LabelMap {
  return {
    height,
    width,
    labels: Uint16Array.from({ length: height * width }, (_, p) => (p + Math.floor(p / width)) % groups),
    groups: Array.from({ length: groups }, (_, g) => ({ name: `group ${g}` })),
  };
}

const everything: StatisticsRequest = {
  neuronTotals: true,
  pixelTotals: true,
  groupSums: ['stripes'],
  histogram: true,
  pixelsPerNeuron: true,
  neuronsPerPixel: { areas: [0.1, 0.5] },
};

describe('statistics', () => {
  test('of groups add up to the neuron’s total, and totals per neuron to those per pixel', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 13 }),
        async (height, width, neurons) => {
          const tracer = createTracer(pixelNetwork(height, width, neurons, 2), local);
          const traced = await tracer.trace(0, everything, { labels: { stripes: stripes(height, width, 3) } });
          for (const layer of Object.values(traced)) {
            const total = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
            const groups = layer.groupSums.stripes;
            for (let n = 0; n < layer.neurons; n++) {
              expect(total(groups.subarray(3 * n, 3 * n + 3))).toBeCloseTo(layer.neuronTotals!.sum[n], 4);
            }
            expect(total(layer.pixelTotals!)).toBeCloseTo(total(layer.neuronTotals!.sum), 3);
            expect(total(layer.histogram!.counts)).toBe(layer.neurons * height * width);
          }
        },
      ),
      { numRuns: 30 },
    ));

  test('are those of the maps, over several tiles of pixels and both passes', async () => {
    const [height, width, neurons] = [250, 160, 6];
    const tracer = createTracer(pixelNetwork(height, width, neurons, 2), local);
    const { layer1 } = await tracer.trace(0, everything, { labels: { stripes: stripes(height, width, 3) } });
    const maps = await tracer.maps('layer1', 0, [0, 1, 2, 3, 4, 5]);
    const pixels = height * width;
    const [threshold] = layer1.neuronsPerPixel!;
    for (const p of [0, 161, 20_000, pixels - 1]) {
      const values = Array.from({ length: neurons }, (_, n) => Math.abs(maps[n * pixels + p]));
      expect(layer1.pixelTotals![p]).toBeCloseTo(values.reduce((a, b) => a + b));
      expect(threshold.counts[p]).toBe(values.filter((value) => value > threshold.threshold).length);
    }
    for (let n = 0; n < neurons; n++) {
      let above = 0;
      for (let p = 0; p < pixels; p++) {
        if (Math.abs(maps[n * pixels + p]) > Math.fround(layer1.pixelTotals![p] / neurons)) above++;
      }
      expect(layer1.pixelsPerNeuron![n]).toBe(above);
    }
  });

  test.each([
    ['of a convolution', frameNetwork(), 8, 12],
    ['of a way that forks', forkingNetwork(), 5, 7],
  ])('%s are the same to the last bit for 1, 2 and 8 workers, and without any', async (_of, network, height, width) => {
    const labels = { stripes: stripes(height, width, 3) };
    const request = { ...everything, change: true };
    const traceWith = (pool: KernelPool) => createTracer(network, pool).trace(2, request, { labels, previousFrame: 1 });
    const alone = await traceWith(local);
    expect(Object.values(alone)[0].change!.some((value) => value > 0)).toBe(true);
    for (const pool of workers.values()) expect(await traceWith(pool)).toEqual(alone);
  });

  test('hold what was asked for and nothing else', async () => {
    const tracer = createTracer(pixelNetwork(3, 3, 4, 2), local);
    const { layer1 } = await tracer.trace(0, { pixelsPerNeuron: true, neuronsPerPixel: { areas: [0.5] } });
    expect(Object.keys(layer1).sort()).toEqual(
      ['custom', 'groupSums', 'neurons', 'neuronsPerPixel', 'pixelsPerNeuron'].sort(),
    );
  });

  test('of a collector that a plugin brings see every map', async () => {
    const largest = {
      name: 'largest',
      start: ({ neurons }: { neurons: number }) => {
        const values = new Float32Array(neurons).fill(Number.NEGATIVE_INFINITY);
        return {
          accept({ neurons: indices, region, maps }: MapBlock) {
            const area = region.height * region.width;
            for (const [i, n] of indices.entries()) {
              for (let p = 0; p < area; p++) values[n] = Math.max(values[n], maps[i * area + p]);
            }
          },
          result: () => values,
        };
      },
    };
    const tracer = createTracer(pixelNetwork(250, 160, 5, 2), local);
    const { layer1, own } = await tracer.trace(0, { custom: [largest] });
    const maps = await tracer.maps('layer1', 0, [3]);
    expect((layer1.custom.largest as Float32Array)[3]).toBe(maps.reduce((a, b) => Math.max(a, b)));
    expect((own.custom.largest as Float32Array)[1]).toBe(2 * (250 * 160 - 1) - 5);
  });
});

describe('maps', () => {
  test('of a region are cut from those of the frame', async () => {
    const tracer = createTracer(pixelNetwork(7, 9, 5, 2), local);
    for (const layer of ['layer1', 'own']) {
      const whole = await tracer.maps(layer, 0, [2]);
      const part = await tracer.maps(layer, 0, [2], { region: { top: 3, left: 4, height: 2, width: 3 } });
      const expected = [3, 4].flatMap((y) => [4, 5, 6].map((x) => whole[y * 9 + x]));
      expect([...part]).toEqual(expected);
    }
  });

  test('per channel add up to the map of a layer that ends in them', async () => {
    const tracer = createTracer(pixelNetwork(3, 4, 5, 3), local);
    const channels = await tracer.maps('layer1', 0, [1], { channels: true });
    const network = tracer.network;
    const { x } = await network.evaluate(0, ['x']);
    for (let c = 0; c < 3; c++) {
      const expected = x.data[1] * network.parameters.weight.data[c * 5 + 1] + network.parameters.bias.data[c] / 5;
      expect(channels[c * 12]).toBeCloseTo(expected, 5);
    }
  });

  test('are refused for layers, neurons, frames and channels that do not exist', async () => {
    const tracer = createTracer(pixelNetwork(3, 4, 5, 2), local);
    await expect(tracer.maps('layer9', 0, [0])).rejects.toThrow(
      "There is no layer 'layer9'. Did you mean 'layer1'? This network has layer1, own.",
    );
    await expect(tracer.maps('layer1', 0, [5])).rejects.toThrow(
      "Layer 'layer1' has no neuron 5. Its neurons are numbered 0 to 4.",
    );
    await expect(tracer.maps('layer1', 1, [0])).rejects.toThrow('There is no frame 1. An image has frame 0.');
    await expect(tracer.maps('layer1', 0, [0], { channels: true })).rejects.toMatchObject({ code: 'unsupported' });
  });
});

test('completeness is measured against what the network computed', async () => {
  const network = pixelNetwork(5, 6, 7, 4);
  const { largestError, largestPreactivation } = await createTracer(network, local).completeness('layer1', 0);
  expect(largestPreactivation).toBeGreaterThan(0.5);
  expect(largestError).toBeLessThan(1e-6);
  const wrong: Network = {
    ...network,
    evaluate: async (...args) => {
      const activations = await network.evaluate(...args);
      return {
        ...activations,
        z: ndarray(
          activations.z.shape,
          activations.z.data.map((value) => value + 0.1),
        ),
      };
    },
  };
  expect((await createTracer(wrong, local).completeness('layer1', 0)).largestError).toBeCloseTo(0.1, 3);
});

test('tracing stops when it is aborted', async () => {
  const controller = new AbortController();
  const tracer = createTracer(frameNetwork(), workers.get(2)!);
  const tracing = tracer.trace(
    0,
    { neuronTotals: true },
    { abort: controller.signal, onProgress: () => controller.abort() },
  );
  await expect(tracing).rejects.toMatchObject({ code: 'cancelled' });
});

describe('weights that are no numbers', () => {
  /** x → layer1 → relu → layer2 → scaled → output, and a layer that computes its own maps, of weights of its own. */
  function twoLayers(): Network {
    const parameters: Arrays = {
      ...Object.fromEntries(
        ['1', '2'].flatMap((i) => [
          [`weight${i}`, ndarray([2, 2], noise(4, 1))],
          [`bias${i}`, ndarray([2], noise(2, 2))],
        ]),
      ),
      scale: ndarray([2], noise(2, 3)),
      aside: ndarray([2], noise(2, 4)),
    };
    const dense = (i: string, input: string) =>
      ({
        kind: 'dense',
        id: `layer${i}`,
        label: `Layer ${i}`,
        input,
        weight: `weight${i}`,
        bias: `bias${i}`,
        preactivation: `z${i}`,
        activation: 'relu',
      }) as const;
    const network = pixelNetwork(2, 2, 2, 2);
    const inr: Inr = {
      ...network.inr,
      parameters: specsOf(parameters),
      inputs: (_frames, pixels) => ({ x: ndarray([pixels!.length, 2]) }),
      forward(ops, values, { x }) {
        const layer = (i: string, input: typeof x) =>
          ops.add(ops.matMul(input, values[`weight${i}`], { transposeB: true }), values[`bias${i}`]);
        const z1 = layer('1', x);
        const hidden = ops.relu(z1);
        const z2 = layer('2', hidden);
        return { output: ops.mul(z2, values.scale), activations: { x, hidden, z1, z2 } };
      },
      layers: [dense('1', 'x'), dense('2', 'hidden'), network.inr.layers[1]],
    };
    return { ...network, inr, parameters };
  }

  test.each([
    ['weight2', Number.NaN, ['layer1']],
    ['bias2', Number.POSITIVE_INFINITY, ['layer1']],
    ['weight1', Number.NEGATIVE_INFINITY, []],
  ])('break the layers that depend on %s = %d, and leave the others', async (name, value, left) => {
    const network = twoLayers();
    network.parameters[name].data[1] = value;
    const why = `the weights '${name}' hold ${value} at position 1`;
    if (left.length === 0) {
      expect(() => createTracer(network, local)).toThrow(`No layer can be traced: ${why}. Contributions made of`);
      return;
    }
    const tracer = createTracer(network, local);
    expect(tracer.layers.map(({ id }) => id)).toEqual(left);
    expect([...tracer.broken]).toEqual(['layer2', 'own'].map((id) => [id, why]));
    await expect(tracer.maps('layer2', 0, [0])).rejects.toMatchObject({
      code: 'numeric',
      message: `Layer 'layer2' cannot be traced: ${why}. Contributions made of such weights mean nothing; train the network or import it again.`,
    });
    await expect(tracer.maps('layer3', 0, [0])).rejects.toMatchObject({ code: 'not-found' });
  });

  test.each([
    ['bias2', ['layer2', 'own'], true],
    ['scale', ['own'], true],
    ['aside', ['own'], false],
  ])('in %s break what depends on it: of the picture, that is told apart', (name, layers, breaksPicture) => {
    const network = twoLayers();
    network.parameters[name].data[1] = Number.NaN;
    const { broken, noPicture } = createTracer(network, local);
    expect([...broken.keys()]).toEqual(layers);
    expect(noPicture).toBe(breaksPicture ? `the weights '${name}' hold NaN at position 1` : undefined);
  });

  test('that are all numbers break nothing', () => {
    const { broken, noPicture } = createTracer(twoLayers(), local);
    expect([broken.size, noPicture]).toEqual([0, undefined]);
  });
});

test.each([1, 2])(
  'memory is given out again to a layer of the same size, and to none while one reads it: %i threads',
  async (count) => {
    const pool = workers.get(count)!;
    const layerOf = (seed: number) => ({
      kind: 'dense' as const,
      input: noise(60 * 8, seed),
      pixels: 60,
      neurons: 8,
      scale: noise(8, seed + 1),
      offset: 0.25,
      activation: 'relu' as const,
    });
    /** Maps by one thread, and sums by all, which open the layer only then. */
    const traced = async (source: ContributionSource) => {
      const totals: unknown[] = [];
      await source.reduce(
        [
          { start: 0, end: 4 },
          { start: 4, end: 8 },
        ],
        { neuronTotals: true },
        (_, result) => totals.push(result),
      );
      return [await source.maps([0, 5, 7]), totals];
    };
    const expected = async (seed: number) => {
      const source = await local.open(layerOf(seed));
      const result = await traced(source);
      source.dispose();
      return result;
    };
    const [first, second] = [await pool.open(layerOf(1)), await pool.open(layerOf(2), 'maps')];
    expect(await traced(first)).toEqual(await expected(1));
    first.dispose();
    for (const seed of [3, 4, 5]) {
      const next = await pool.open(layerOf(seed), 'maps');
      expect(await next.maps([0, 5, 7])).toEqual((await expected(seed))[0]);
      next.dispose();
    }
    expect(await traced(second)).toEqual(await expected(2));
    second.dispose();
  },
);

test('a program that disposes of a pool while answers are due goes on to its end', async () => {
  const program = `
    const { createWorkerPool } = await import(${JSON.stringify(new URL('../dist/node/index.js', import.meta.url).href)});
    for (let i = 0; i < 5; i++) {
      const pool = createWorkerPool({ workers: 2 });
      const source = await pool.open({
        kind: 'dense', input: new Float32Array(400000), pixels: 100000, neurons: 4,
        scale: new Float32Array(4), offset: 0, activation: null,
      });
      await source.reduce([{ start: 0, end: 4 }], { neuronTotals: true }, () => {});
      source.dispose();
      await pool.dispose();
    }
    console.log('the end');`;
  // It would end with status 13, which rejects, if nothing kept it alive while a thread is waited for.
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  expect(stdout).toBe('the end\n');
});
