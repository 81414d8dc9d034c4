import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { deriveHooks } from '../derive/derive-hooks.js';
import type { EnginePlugin } from '../engine.js';
import type { CustomHook, DenseHook, DerivedHook, Inr, InrPlugin } from '../inr.js';
import { ndarray } from '../ndarray.js';
import type { Ops } from '../ops/ops.js';
import type { SignalShape } from '../signal.js';
import { checkInr } from './check-inr.js';
import { definitions, definitionsEngine } from './definitions-engine.js';
import { drawnSignal } from './signals.js';

/* A model that is right in every way, and each fault by itself. */

const image = drawnSignal({ kind: 'image', frames: 1, height: 6, width: 8 });
const video = drawnSignal({ kind: 'video', frames: 3, height: 6, width: 8 });
const training = {
  optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  learningRate: 1e-3,
  schedule: () => 1,
  steps: 10,
  batch: 8,
};
const init = { kind: 'uniform', bound: 1 } as const;
const parameter = (name: string, shape: readonly number[]) => ({ name, shape, init, trainable: true });

const hidden: DenseHook = {
  kind: 'dense',
  id: 'hidden',
  label: 'Hidden',
  input: 'places',
  weight: 'hidden.weight',
  bias: 'hidden.bias',
  preactivation: 'z',
  activation: 'sine',
};
const last: DenseHook = {
  ...hidden,
  id: 'last',
  input: 'h',
  weight: 'last.weight',
  bias: 'last.bias',
  preactivation: 'output2',
  activation: null,
};

type Config = { width: number };

/** Coordinates and time → sines → colours. */
function pixelNetwork({ width }: Config, signal: SignalShape): Inr {
  return {
    signal,
    sampling: 'pixels',
    parameters: [
      parameter('hidden.weight', [width, 3]),
      parameter('hidden.bias', [width]),
      parameter('last.weight', [3, width]),
      parameter('last.bias', [3]),
    ],
    inputs: ([frame], pixels) => ({
      places: ndarray(
        [pixels!.length, 3],
        Float32Array.from({ length: 3 * pixels!.length }, (_, i) => {
          const p = pixels![Math.floor(i / 3)];
          return [Math.floor(p / signal.width) / signal.height, (p % signal.width) / signal.width, frame / 3][i % 3];
        }),
      ),
    }),
    forward(ops, values, { places }) {
      const dense = (x: typeof places, layer: string) =>
        ops.add(ops.matMul(x, values[`${layer}.weight`], { transposeB: true }), values[`${layer}.bias`]);
      const z = dense(places, 'hidden');
      const h = ops.sin(z);
      const output = dense(h, 'last');
      return { output, activations: { places, z, h, output2: output } };
    },
    layers: [hidden, last],
    training,
    checkpoints: [
      {
        name: 'published',
        names: { 'hidden.weight': 'a.w', 'hidden.bias': 'a.b', 'last.weight': 'b.w', 'last.bias': 'b.b' },
      },
    ],
  };
}

/** One convolution and a shuffle; its layer is read off. */
function frameNetwork(
  _: Config,
  signal: SignalShape,
  change: <T>(ops: Ops<T>, time: T) => T = (_ops, time) => time,
): Inr {
  const { height, width } = signal;
  const program = {
    signal,
    sampling: 'frames' as const,
    parameters: [parameter('kernel', [12, 5, 3, 3]), parameter('bias', [12])],
    inputs: (frames: readonly number[]) => ({
      time: ndarray(
        [frames.length, 5, 1, 1],
        Float32Array.from({ length: 5 * frames.length }, (_, i) => Math.sin(frames[Math.floor(i / 5)] + (i % 5))),
      ),
    }),
    forward: ((ops, { kernel, bias }, { time }) => {
      const x = ops.broadcastTo(change(ops, time), [ops.shapeOf(time)[0], 5, height / 2, width / 2]);
      const z = ops.add(ops.conv2d(x, kernel, { padding: 1 }), ops.reshape(bias, [1, 12, 1, 1]));
      return { output: ops.tanh(ops.depthToSpace(z, 2)) };
    }) as Inr['forward'],
  };
  return { ...program, ...deriveHooks(program), training };
}

/** A convolution, its channels normalized, which takes their bias away, and another convolution. */
function normalizedNetwork(_: Config, signal: SignalShape): Inr {
  const { height, width } = signal;
  const kernel = (name: string, shape: readonly number[]) => parameter(`${name}.weight`, shape);
  const program = {
    signal,
    sampling: 'frames' as const,
    parameters: [kernel('a', [6, 4, 3, 3]), parameter('a.bias', [6]), kernel('b', [3, 6, 3, 3])],
    inputs: (frames: readonly number[]) => ({
      codes: ndarray(
        [frames.length, 4, height, width],
        Float32Array.from({ length: frames.length * 4 * height * width }, (_, i) => Math.sin(i * i)),
      ),
    }),
    forward: ((ops, { 'a.weight': a, 'a.bias': bias, 'b.weight': b }, { codes }) => {
      const z = ops.add(ops.conv2d(codes, a, { padding: 1 }), ops.reshape(bias, [1, 6, 1, 1]));
      const mean = ops.mean(z, { axes: [2, 3], keepDims: true });
      const centred = ops.sub(z, mean);
      const variance = ops.mean(ops.square(centred), { axes: [2, 3], keepDims: true });
      const normalized = ops.div(centred, ops.sqrt(ops.add(variance, 1e-5)));
      return { output: ops.conv2d(ops.relu(normalized), b, { padding: 1 }) };
    }) as Inr['forward'],
  };
  return { ...program, ...deriveHooks(program), training };
}

/** Codes of places that are small as they begin, as tables of grids are, behind them ReLU with biases of zero. */
function quietNetwork({ width }: Config, signal: SignalShape): Inr {
  const area = signal.height * signal.width;
  const program = {
    signal,
    sampling: 'pixels' as const,
    parameters: [
      { ...parameter('codes', [area, 2]), init: { kind: 'uniform' as const, bound: 1e-6 } },
      parameter('hidden.weight', [width, 2]),
      { ...parameter('hidden.bias', [width]), init: { kind: 'constant' as const, value: 0 } },
      parameter('last.weight', [3, width]),
    ],
    inputs: (_: readonly number[], pixels: Uint32Array = new Uint32Array()) => ({
      places: ndarray([pixels.length], Float32Array.from(pixels)),
    }),
    forward: ((ops, { codes, 'hidden.weight': a, 'hidden.bias': bias, 'last.weight': b }, { places }) => {
      const z = ops.add(ops.matMul(ops.gather(codes, places, 0), a, { transposeB: true }), bias);
      return { output: ops.matMul(ops.relu(z), b, { transposeB: true }) };
    }) as Inr['forward'],
  };
  return { ...program, ...deriveHooks(program), training };
}

function model(build: InrPlugin<Config>['build'], changes: Partial<InrPlugin<Config>> = {}): InrPlugin<Config> {
  return {
    kind: 'inr',
    name: 'small',
    title: 'Small',
    description: 'A small network.',
    signals: ['image', 'video'],
    config: z.object({ width: z.number().int().default(4).describe('Neurons') }),
    build,
    infer: (shapes) => {
      const weight = shapes['hidden.weight'] ?? shapes['a.w'];
      return weight ? { width: weight[0] } : {};
    },
    ...changes,
  };
}

/** The network with one thing changed. */
const pixels = (change: (inr: Inr) => Partial<Inr>) =>
  model((config, signal) => {
    const inr = pixelNetwork(config, signal);
    return { ...inr, ...change(inr) };
  });
const check = (tested: InrPlugin<Config>, engines?: readonly EnginePlugin[]) =>
  checkInr(tested, { signals: [image, video], ...(engines && { engines }) });

describe('what is right passes, and is measured', () => {
  test('a network of pixels, its hooks written by hand', async () => {
    const [ofImage, ofVideo] = await check(model(pixelNetwork));
    expect([ofImage.signal.kind, ofVideo.signal.kind]).toEqual(['image', 'video']);
    expect(ofImage.trained).toBe(4 * 3 + 4 + 3 * 4 + 3);
    expect(ofImage.checkpoints).toEqual(['published']);
    expect(ofImage.engines.definitions).toBeLessThan(1e-7);
    expect(ofImage.gradients.definitions).toBeLessThan(1e-6);
    expect(ofImage.layers.map(({ id, neurons }) => [id, neurons])).toEqual([
      ['hidden', 3],
      ['last', 4],
    ]);
    for (const { completeness, maps, sums } of [...ofImage.layers, ...ofVideo.layers]) {
      for (const relative of [completeness, maps, sums]) expect(relative).toBeLessThan(1e-6);
    }
  });

  test('a network of frames, its hooks read off', async () => {
    const [, { layers }] = await check(model((config, signal) => frameNetwork(config, signal)));
    expect(layers.map(({ id, neurons }) => [id, neurons])).toEqual([['kernel', 60]]);
    expect(layers[0].maps).toBeLessThan(1e-6);
  });

  test('layers whose weight is computed, which are found by their pre-activation', async () => {
    const [{ layers }] = await check(computed());
    expect(layers).toHaveLength(2);
    for (const { maps, notCompared } of layers) {
      expect(maps).toBeLessThan(1e-6);
      expect(notCompared).toBeUndefined();
    }
  });

  test('a layer that computes its own maps, which is told', async () => {
    const [{ layers }] = await check(own({}));
    expect(layers[0]).toMatchObject({
      maps: undefined,
      notCompared: 'its hook computes its maps itself, in JavaScript',
    });
  });

  test('a bias whose gradient is 0, as what follows subtracts it again', async () => {
    for (const { gradients } of await checkInr(model(normalizedNetwork), {
      signals: [image],
      engines: [definitions, rounded],
    })) {
      expect(gradients.definitions).toBeLessThan(1e-5);
      expect(gradients.rounded).toBeLessThan(1e-5);
    }
  });

  test('values so small that the first step of differences reaches the corners of ReLU', async () => {
    const [{ gradients }] = await checkInr(model(quietNetwork), { signals: [image], settings: { width: 32 } });
    expect(gradients.definitions).toBeLessThan(5e-4);
  });

  test('a layout whose codes of frames lie around it', async () => {
    const around = pixels(({ checkpoints }) => {
      const [{ name, names }] = checkpoints!;
      const { 'last.bias': _, ...others } = names;
      return { checkpoints: [{ name, names: others, around: { 'last.bias': ['codes', 'code'] } }] };
    });
    expect((await check(around))[0].checkpoints).toEqual(['published']);
  });

  test('with settings that are given', async () => {
    const [{ layers }] = await checkInr(model(pixelNetwork), { signals: [image], settings: { width: 9 } });
    expect(layers[1].neurons).toBe(9);
  });
});

/** A hook that computes its own maps, as the last layer's: x_n · Σ_o W[o,n] + Σ_o b[o] / N. */
function custom(changes: Partial<CustomHook> = {}): CustomHook {
  return {
    kind: 'custom',
    id: 'own',
    label: 'Own',
    input: 'h',
    neurons: 4,
    trace({ parameters, activations }, neurons, region, out) {
      const [w, b, h] = [parameters['last.weight'].data, parameters['last.bias'].data, activations.h.data];
      const area = region.height * region.width;
      for (const [i, n] of neurons.entries()) {
        const [scale, offset] = [w[n] + w[4 + n] + w[8 + n], (b[0] + b[1] + b[2]) / 4];
        for (let p = 0; p < area; p++) out[i * area + p] = h[p * 4 + n] * scale + offset;
      }
    },
    ...changes,
  };
}
const own = (changes: Partial<CustomHook>) => pixels(() => ({ layers: [custom(changes)] }));
const right = custom().trace;

/** An engine whose results are changed. */
const engineThat = (change: Partial<typeof definitionsEngine>): EnginePlugin => ({
  ...definitions,
  create: async () => ({ ...definitionsEngine, ...change }),
});
const changed =
  (scale: number, of: (name: string) => boolean) =>
  (compiled: Awaited<ReturnType<typeof definitionsEngine.compile>>) => ({
    ...compiled,
    run: async (inputs: Parameters<typeof compiled.run>[0]) =>
      Object.fromEntries(
        Object.entries(await compiled.run(inputs)).map(([name, { shape, data }]) => [
          name,
          of(name)
            ? ndarray(
                shape,
                data.map((value) => value * scale),
              )
            : { shape, data },
        ]),
      ),
  });

/** The network with a weight that is computed, 2·W: kernels trace its last layer by a source that is read off. */
const computed = (change: (hook: DerivedHook) => DerivedHook = (hook) => hook) =>
  pixels((inr) => {
    const forward: Inr['forward'] = (ops, values, inputs) => {
      const { activations } = inr.forward(ops, values, inputs);
      const weight = ops.mul(values['last.weight'], 2);
      const z = ops.add(ops.matMul(activations!.h, weight, { transposeB: true }), values['last.bias']);
      return { output: ops.sin(z) };
    };
    const program = { ...inr, forward };
    const derived = deriveHooks(program);
    const layers = derived.layers.map((hook) => (hook.kind === 'derived' ? change(hook) : hook));
    return { ...program, ...derived, layers, checkpoints: [] };
  });

/** Gradients as float32 gives them: what cancels leaves a rest. */
const rounded: EnginePlugin = {
  ...engineThat({
    name: 'rounded',
    async compileGradient(...args) {
      const compiled = await definitionsEngine.compileGradient(...args);
      return {
        ...compiled,
        async run(inputs) {
          const outputs = await compiled.run(inputs);
          const of = (name: string) => outputs[`gradient:${name}`];
          const largest = Math.max(...of('b.weight').data.map(Math.abs));
          const { shape, data } = of('a.bias');
          const rest = data.map((value, i) => value + (i % 2 ? 1 : -1) * 1e-7 * largest);
          return { ...outputs, 'gradient:a.bias': ndarray(shape, rest) };
        },
      };
    },
  }),
  name: 'rounded',
};

let counted = 0;

describe('what is wrong is told', () => {
  test.each<readonly [string, InrPlugin<Config>, string]>([
    [
      'a setting that nobody describes',
      model(pixelNetwork, { config: z.object({ width: z.number().default(4) }) }),
      "config: the setting 'width' has no description",
    ],
    [
      'a network that is another one each time it is built',
      pixels(({ forward }) => {
        const bias = Math.random();
        return {
          forward: (ops, ...rest) => {
            const { output, activations } = forward(ops, ...rest);
            return { output: ops.add(output, bias), activations };
          },
        };
      }),
      'build: built twice, it draws something else: value 0',
    ],
    [
      'other parameters each time',
      model((config, signal) => pixelNetwork({ ...config, width: 4 + (counted++ % 2) }, signal), { infer: () => ({}) }),
      'build: built twice, it has other parameters',
    ],
    [
      'inputs that are counted from the first pixel asked for',
      pixels(() => ({
        inputs: ([frame], asked) => ({
          places: ndarray(
            [asked!.length, 3],
            Float32Array.from({ length: 3 * asked!.length }, (_, i) => i / 100 + frame),
          ),
        }),
      })),
      "inputs: the input 'places' of two pixels by themselves is not that of these pixels among all",
    ],
    [
      'pixels that depend on others',
      pixels(({ forward }) => ({
        forward(ops, ...rest) {
          const { output, activations } = forward(ops, ...rest);
          return { output: ops.sub(output, ops.mean(output, { axes: [0], keepDims: true })), activations };
        },
      })),
      'forward: two pixels computed by themselves differ from the same two among others',
    ],
    [
      'frames that depend on others',
      model((config, signal) =>
        frameNetwork(config, signal, (ops, time) =>
          ops.sub(time, ops.mul(ops.mean(time, { axes: [0], keepDims: true }), 0.5)),
        ),
      ),
      'forward: two frames computed together differ from the same frames one by one',
    ],
    [
      'values that are no numbers',
      pixels(({ forward }) => ({
        forward(ops, ...rest) {
          const { output, activations } = forward(ops, ...rest);
          return { output: ops.log(ops.sub(output, 100)), activations };
        },
      })),
      "forward: value 0 is NaN on the engine 'definitions'",
    ],
    [
      'a hook that names another preactivation',
      pixels(() => ({ layers: [{ ...hidden, preactivation: 'h' }, last] })),
      "completeness of layer 'hidden': its contributions differ from what the engine computed by",
    ],
    [
      'a hook with another activation than the forward pass',
      pixels(() => ({ layers: [{ ...hidden, activation: 'relu' }, last] })),
      "layer 'hidden', neuron",
    ],
    [
      'a source of another layer than the one whose weight is computed',
      computed((hook) => ({
        ...hook,
        source(context, region) {
          const source = hook.source(context, region);
          return source.kind === 'gated' || source.kind === 'dense'
            ? { ...source, input: source.input.map((x) => 1.5 * x) }
            : source;
        },
      })),
      "layer 'layer2', neuron",
    ],
    [
      'maps that depend on what was asked for before',
      own({
        trace: (context, neurons, region, out) => {
          right(context, neurons, region, out);
          counted++;
          for (let i = 0; i < out.length; i++) out[i] += counted * 1e-3;
        },
      }),
      "trace of layer 'own', groupSums.cells: with 3 workers value 0 is",
    ],
    [
      'maps that depend on the place among those asked for',
      own({
        trace: (context, neurons, region, out) => {
          right(context, neurons, region, out);
          const area = region.height * region.width;
          for (let i = 0; i < out.length; i++) out[i] += Math.floor(i / area) * 1e-3;
        },
      }),
      "trace of layer 'own', neuron 0: asked for in another order its map is another one",
    ],
    [
      'maps of a region that begin at the corner of the picture',
      own({
        trace: (context, neurons, region, out) => {
          right(context, neurons, region, out);
          const area = region.height * region.width;
          for (let i = 0; i < out.length; i++) out[i] += (i % area) * 1e-3;
        },
      }),
      "trace of layer 'own', neuron",
    ],
    [
      'contributions of a layer of its own that do not add up',
      own({ completeness: () => ({ largestError: 0.1, largestPreactivation: 2 }) }),
      "completeness of layer 'own': its contributions differ from what the engine computed by 0.05 of the largest value, 0.00001 is allowed",
    ],
    [
      'neurons that are switched off and draw on',
      own({ switchOff: (parameters) => ({ 'last.weight': parameters['last.weight'] }) }),
      "switchOff of layer 'own': with the neurons",
    ],
    [
      'a parameter without a name in a layout',
      pixels(() => ({ checkpoints: [{ name: 'published', names: { 'hidden.weight': 'a.w' } }] })),
      "checkpoints, layout 'published': it does not name 'hidden.bias'",
    ],
    [
      'two parameters of one name in a layout',
      pixels(({ checkpoints }) => ({
        checkpoints: [{ ...checkpoints![0], names: { ...checkpoints![0].names, 'last.bias': 'a.b' } }],
      })),
      "checkpoints, layout 'published': it calls two parameters 'a.b', one of them 'last.bias'",
    ],
    [
      'settings that are inferred wrongly',
      model(pixelNetwork, { infer: () => ({ width: 5 }) }),
      "checkpoints, layout 'published': infer gives {\"width\":5}, with which 'hidden.weight' is 5×3, and it is 4×3",
    ],
    [
      'settings that are assumed and do not fit the shapes',
      model(pixelNetwork, { infer: () => ({}), unshown: { width: [4, 5] }, assume: () => ({ width: 5 }) }),
      "checkpoints, layout 'published': assume gives {\"width\":5}, with which 'hidden.weight' is 5×3, and it is 4×3",
    ],
    [
      'settings that are assumed and never said to be',
      model(pixelNetwork, { assume: () => ({ width: 4 }) }),
      "assume: it gave the setting 'width', which is not among `unshown`",
    ],
  ])('%s', async (_what, tested, message) => {
    counted = 0;
    const error = await check(tested).then(
      () => undefined,
      (thrown) => thrown,
    );
    expect(error?.message).toContain(`plugin under test, model 'small', ${message}`);
    expect(error).toMatchObject({ name: 'XincError', code: 'plugin', subject: 'small' });
  });

  test.each<readonly [string, string, readonly EnginePlugin[]]>([
    [
      'an engine that computes something else',
      "forward: on the engine 'definitions' value",
      [engineThat({ compile: async (...args) => changed(1.01, () => true)(await definitionsEngine.compile(...args)) })],
    ],
    [
      'a gradient that is too long by one percent',
      "gradient by 'last.bias': on the engine 'definitions' it is",
      [
        engineThat({
          compileGradient: async (...args) =>
            changed(1.01, (name) => name === 'gradient:last.bias')(await definitionsEngine.compileGradient(...args)),
        }),
      ],
    ],
  ])('%s', async (_what, message, engines) => {
    await expect(check(model(pixelNetwork), engines)).rejects.toThrow(`model 'small', ${message}`);
  });

  test('sums in WebAssembly that are not those in JavaScript', async () => {
    let opened = 0;
    const changing = (hook: DerivedHook): DerivedHook => ({
      ...hook,
      // Twice by one worker, twice by several; then comes JavaScript.
      source(context, region) {
        opened++;
        const source = hook.source(context, region);
        return opened <= 4 || source.kind !== 'gated' ? source : { ...source, input: source.input.map((x) => 1.5 * x) };
      },
    });
    const gated = model((config, signal) => {
      const inr = pixelNetwork(config, signal);
      const forward: Inr['forward'] = (ops, values, inputs) => {
        const { activations } = inr.forward(ops, values, inputs);
        const z = ops.add(ops.matMul(activations!.h, values['last.weight'], { transposeB: true }), values['last.bias']);
        return { output: ops.mul(z, ops.sin(ops.slice(activations!.z, [0, 0], ops.shapeOf(z)))) };
      };
      const program = { ...inr, forward };
      const derived = deriveHooks(program);
      const layers = derived.layers.filter(({ id }) => id === 'last').map((hook) => changing(hook as DerivedHook));
      return { ...program, ...derived, layers };
    });
    await expect(checkInr(gated, { signals: [image] })).rejects.toThrow(
      "model 'small', trace of layer 'last', groupSums.cells: value",
    );
  });
});
