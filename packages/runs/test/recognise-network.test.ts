import { decodeCheckpoint } from '@xinc/checkpoints';
import { type InrPlugin, isXincError, type NdArray, type Shape, type SignalShape, type XincError } from '@xinc/core';
import { encodeSafetensors } from '@xinc/core/formats';
import ffn from '@xinc/model-ffn';
import nerv from '@xinc/model-nerv';
import coordinateNetworks from '@xinc/model-siren';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dict, orderedDict, type Writable } from '../../checkpoints/test/pickle-writer.js';
import { tensor, torchFile } from '../../checkpoints/test/torch-writer.js';
import { recogniseNetworks } from '../src/import/recognise-network.js';

/** The likeliest of them, with its weights. */
function recogniseNetwork(...args: Parameters<typeof recogniseNetworks>) {
  const [network] = recogniseNetworks(...args);
  return { ...network, weights: network.weights() };
}

const image: SignalShape = { kind: 'image', frames: 1, height: 18, width: 26 };
const clip = (height: number, width: number): SignalShape => ({ kind: 'video', frames: 3, height, width });

/** How storages of each type hold numbers that all of them hold exactly. */
const STORAGES = {
  FloatStorage: (values: readonly number[]) => Float32Array.from(values),
  DoubleStorage: (values: readonly number[]) => Float64Array.from(values),
  HalfStorage: (values: readonly number[]) => Uint16Array.from(values, half),
  BFloat16Storage: (values: readonly number[]) =>
    Uint16Array.from(values, (value) => new Uint32Array(Float32Array.of(value).buffer)[0] >>> 16),
} as const;
type StorageType = keyof typeof STORAGES;

/** binary16 of whole numbers 0 … 255: exponent and the bits below the leading one. */
function half(value: number): number {
  if (value === 0) return 0;
  const exponent = 31 - Math.clz32(value);
  return ((exponent + 15) << 10) | ((value - 2 ** exponent) << (10 - exponent));
}

/** A checkpoint with these shapes; the tensors' values are whole numbers that depend on the place. */
function checkpoint(
  shapes: Readonly<Record<string, Shape>>,
  { type = 'FloatStorage', wrap = (state) => state, source = 'x.pt' }: Writing = {},
) {
  const entries = Object.entries(shapes);
  const state = orderedDict(
    new Map(entries.map(([name, shape], i): [Writable, Writable] => [name, tensor({ key: `${i}`, shape, type })])),
  );
  const storages = entries.map(([, shape], i) => [`${i}`, STORAGES[type](valuesOf(shape, i))]);
  return decodeCheckpoint(torchFile({ content: wrap(state), storages: Object.fromEntries(storages) }), source);
}

interface Writing {
  readonly type?: StorageType;
  readonly wrap?: (state: Writable) => Writable;
  readonly source?: string;
}

const valuesOf = (shape: Shape, place: number) =>
  Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (7 * place + i) % 256);

/** Names as a state dict has them: a published layout's or the model's own, with a prefix. */
const prefix = fc.constantFrom('', 'module.', 'model.', 'net.', 'module.model.', '_orig_mod.', 'a.b.', 'nerf.field.');

/** Where in the file the state dict lies. */
const place = fc.constantFrom<Writing['wrap'] & object>(
  (state) => state,
  (state) => dict({ state_dict: state, epoch: 3 }),
  (state) => dict({ model_state_dict: state, optimizer: dict({ lr: 0.1 }) }),
  (state) => dict({ net: state }),
  (state) => dict({ ema: state }),
  (state) => dict({ generator: state, discriminator: dict({ weight: tensor({ key: '0', shape: [1] }) }) }),
  (state) => [dict({ step: 3 }), state],
);

/** Builds the network, writes its weights under the names of a layout, and expects them back with its configuration. */
function expectRecognised<C>(
  plugin: InrPlugin<C>,
  config: Partial<C>,
  signal: SignalShape,
  { layout, prefix: before, ...writing }: Writing & { layout: number; prefix: string },
): void {
  const inr = plugin.build(plugin.config.parse(config), signal);
  const layouts = [{ names: {} as Record<string, string> }, ...(inr.checkpoints ?? [])];
  const { names } = layouts[layout % layouts.length];
  const shapes = Object.fromEntries(inr.parameters.map(({ name, shape }) => [before + (names[name] ?? name), shape]));
  const found = recogniseNetwork(checkpoint(shapes, writing), plugin as InrPlugin, {}, signal);
  expect(found.config).toMatchObject(config);
  expect(found.weights).toEqual(
    Object.fromEntries(
      inr.parameters.map(({ name, shape }, i) => [name, { shape, data: Float32Array.from(valuesOf(shape, i)) }]),
    ),
  );
}

const writing = {
  layout: fc.nat(2),
  prefix,
  wrap: place,
  type: fc.constantFrom(...(Object.keys(STORAGES) as StorageType[])),
};

describe('any network of a model is recognised, wherever its weights lie', () => {
  test('FFN: widths, depth and numbers of frequencies', () => {
    const config = fc.record({
      fourierFeatures: fc.integer({ min: 1, max: 40 }),
      width: fc.integer({ min: 4, max: 40 }),
      layers: fc.integer({ min: 2, max: 8 }),
    });
    fc.assert(
      fc.property(config, fc.record(writing), (chosen, how) => expectRecognised(ffn, chosen, image, how)),
      { numRuns: 150 },
    );
  });

  test('FFN: hidden layers of different widths', () => {
    const config = fc.record({
      fourierFeatures: fc.integer({ min: 1, max: 20 }),
      widths: fc
        .array(fc.integer({ min: 4, max: 30 }), { minLength: 2, maxLength: 12 })
        .filter((widths) => new Set(widths).size > 1),
    });
    fc.assert(
      fc.property(config, fc.record(writing), (chosen, how) => expectRecognised(ffn, chosen, image, how)),
      { numRuns: 80 },
    );
  });

  test('NeRV: strides, channels, kernels and encoding', () => {
    const config = fc.array(fc.constantFrom(1, 2, 3, 4, 5), { minLength: 1, maxLength: 3 }).chain((strides) => {
      const n = strides.length + 1;
      return fc.record({
        strides: fc.constant(strides),
        widths: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: n, maxLength: n }),
        kernelSize: fc.array(fc.constantFrom(1 as const, 3 as const, 5 as const), { minLength: n, maxLength: n }),
        encodingLevels: fc.integer({ min: 1, max: 20 }),
      });
    });
    const cells = fc.record({ rows: fc.integer({ min: 1, max: 3 }), columns: fc.integer({ min: 1, max: 3 }) });
    fc.assert(
      fc.property(config, cells, fc.record(writing), (chosen, { rows, columns }, how) => {
        const factor = chosen.strides.reduce<number>((a, b) => a * b, 1);
        expectRecognised(nerv, chosen, clip(rows * factor, columns * factor), how);
      }),
      { numRuns: 150 },
    );
  });
});

const FFN_SHAPES: Record<string, Shape> = {
  B: [10, 2],
  'net.0.weight': [12, 20],
  'net.0.bias': [12],
  'net.2.weight': [3, 12],
  'net.2.bias': [3],
};

const refusal = (attempt: () => unknown): XincError => {
  try {
    attempt();
  } catch (error) {
    if (isXincError(error)) return error;
    throw error;
  }
  throw new Error('expected a refusal');
};

test('an FFN of other names is recognised by shapes and order, and what was taken for what is told', () => {
  const shapes = {
    'encoder.B': [2, 10],
    'mlp.fc1.weight': [12, 20],
    'mlp.fc1.bias': [12],
    'mlp.fc2.weight': [3, 12],
    'mlp.fc2.bias': [3],
  };
  const wrap = (state: Writable) => dict({ model: state, epoch: 3 });
  const found = recogniseNetwork(checkpoint(shapes, { wrap }), ffn as InrPlugin, {}, image);
  expect(found.config).toMatchObject({ fourierFeatures: 10, width: 12, layers: 2 });
  expect(found.layout?.names).toMatchObject({
    frequencies: 'model.encoder.B',
    'layer2.weight': 'model.mlp.fc2.weight',
  });
  expect([...found.weights.frequencies.data.subarray(0, 4)]).toEqual([0, 10, 1, 11]);
  expect(found.weights['layer2.bias'].data).toEqual(Float32Array.from(valuesOf([3], 4)));
  const known = recogniseNetwork(checkpoint(FFN_SHAPES), ffn as InrPlugin, {}, image);
  expect(known.layout).toBeUndefined();
});

describe('what is beside the network', () => {
  test('does not hide it: a loss with weights of its own', () => {
    const model = Object.fromEntries(Object.entries(FFN_SHAPES).map(([name, shape]) => [`model.${name}`, shape]));
    const shapes = { ...model, 'loss.vgg.weight': [4, 4], 'loss.vgg.bias': [4] };
    const { config } = recogniseNetwork(checkpoint(shapes), ffn as InrPlugin, {}, image);
    expect(config).toMatchObject({ fourierFeatures: 10, width: 12, layers: 2 });
  });

  test('is told in a table, if it may be part of it', () => {
    const error = refusal(() =>
      recogniseNetwork(checkpoint({ ...FFN_SHAPES, scale: [12] }), ffn as InrPlugin, {}, image),
    );
    expect(error).toMatchObject({ code: 'invalid-file' });
    expect(error.message).toContain('x.pt does not fit the model: 1 tensor is left over');
    expect(error.details).toMatch(/left over:\n {2}scale +12$/);
  });
});

describe('what XINC exported', () => {
  const config = nerv.config.parse({ strides: '2,2', widths: '4,3,2', output: 'sigmoid', activation: 'sine' });
  const signal = clip(16, 24);
  const exported = (metadata: Record<string, string>) => {
    const tensors = nerv
      .build(config, signal)
      .parameters.map(({ name, shape }): [string, NdArray] => [
        name,
        { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) },
      ]);
    return decodeCheckpoint(encodeSafetensors({ tensors: Object.fromEntries(tensors), metadata }), 'x.safetensors');
  };
  const metadata = { xinc: '0.1.0', model: 'nerv', config: JSON.stringify(config) };
  const recognise = (stated: Record<string, string>, given: Record<string, string> = {}) =>
    recogniseNetwork(exported(stated), nerv as InrPlugin, given, signal).config;

  test('comes back with all of its configuration, which the user may overrule', () => {
    expect(recognise(metadata)).toEqual(config);
    expect(recognise(metadata, { output: '0' })).toMatchObject({ output: 0, activation: 'sine' });
    expect(recognise({ ...metadata, model: 'other' })).toMatchObject({ output: 'tanh', activation: 'gelu' });
  });

  test('is what its weights show, where they are not what it states', () => {
    const edited = { ...metadata, config: JSON.stringify({ ...config, widths: [5, 3, 2] }) };
    expect(recognise(edited)).toMatchObject({ widths: [4, 3, 2], output: 'sigmoid', activation: 'sine' });
  });

  test('is refused where its configuration is none', () => {
    for (const broken of ['{', 'null', '[1]', '{"width":-1}', '{"unheard":1}']) {
      const error = refusal(() => recognise({ ...metadata, config: broken }));
      expect(error).toMatchObject({ code: 'invalid-file' });
      expect(error.message).toContain('x.safetensors: the configuration beside its weights is not valid');
    }
  });
});

describe('settings', () => {
  test('that the user gives come before what shapes show', () => {
    const error = refusal(() => recogniseNetwork(checkpoint(FFN_SHAPES), ffn as InrPlugin, { width: '13' }, image));
    expect(error.message).toContain('x.pt does not fit the model: 3 have another shape');
    expect(error.details).toMatch(/layer1\.weight +net\.0\.weight +13×20 +12×20 {2}← another shape/);
  });

  test('that are wrong are the user’s mistake, whatever the file holds', () => {
    expect(refusal(() => recogniseNetwork(checkpoint({}), ffn as InrPlugin, { widht: '13' }, image))).toMatchObject({
      code: 'invalid-option',
      subject: 'widht',
    });
  });
});

describe('another network', () => {
  const resnet = { 'conv1.weight': [16, 3, 3, 3], 'bn.running_mean': [16], 'fc.weight': [10, 16] };

  test('is no network of the model; what is there is listed', () => {
    const error = refusal(() => recogniseNetwork(checkpoint(resnet), nerv as InrPlugin, {}, clip(16, 32)));
    expect(error.message).toBe(
      "x.pt holds no network that the model 'nerv' recognises. If it is of another architecture, a plugin can add that (docs/plugins.md).",
    );
    expect(error.details).toMatch(/^tensors there:\n {2}conv1\.weight +16×3×3×3\n/);
  });

  test('that is several, stacked in tensors, is told to be so', () => {
    const video = clip(40, 60);
    for (const [model, signal, config] of [
      [ffn as InrPlugin, image, {}],
      [nerv as InrPlugin, video, { strides: [5, 2, 2], width: 6 }],
    ] as const) {
      const inr = model.build(model.config.parse(config), signal);
      const shapes = Object.fromEntries(inr.parameters.map(({ name, shape }) => [name, [3, ...shape]]));
      expect(refusal(() => recogniseNetwork(checkpoint(shapes), model, {}, signal)).message).toBe(
        `x.pt holds no network that the model '${model.name}' recognises. Its tensors hold 3 networks, stacked along their first axis. Save each alone, in PyTorch {name: tensor[0] for name, tensor in weights.items()}.`,
      );
    }
  });

  test('that draws pictures of another size is refused with the size', () => {
    const inr = nerv.build(nerv.config.parse({ strides: [5, 2, 2], width: 6 }), clip(40, 60));
    const shapes = Object.fromEntries(inr.parameters.map(({ name, shape }) => [name, shape]));
    const error = refusal(() => recogniseNetwork(checkpoint(shapes), nerv as InrPlugin, {}, clip(32, 64)));
    expect(error).toMatchObject({ code: 'invalid-option', subject: 'size', setting: 'size' });
    expect(error.hint).toBe('Give the size it was trained at, such as `size: 40x60`.');
  });
});

describe('a complex WIRE', () => {
  const wire = coordinateNetworks.find(({ name }) => name === 'wire') as InrPlugin;
  const floats = (shape: Shape, value: number) => ({ shape, type: 'FloatStorage', data: [value] });
  const complex = (shape: Shape) => ({ shape, type: 'ComplexFloatStorage', data: [1, 2] });
  /** Of the published code, four units wide, with this ω in its hidden layer. */
  const network = (omega: number) => ({
    'net.0.omega_0': floats([1], 3),
    'net.0.scale_0': floats([1], 2),
    'net.0.linear.weight': floats([4, 2], 1),
    'net.1.omega_0': floats([1], omega),
    'net.1.scale_0': floats([1], 2),
    'net.1.linear.weight': complex([4, 4]),
    'net.2.weight': complex([3, 4]),
  });
  const read = (networks: Readonly<Record<string, ReturnType<typeof network>>>) => {
    const entries = Object.entries(networks).flatMap(([key, tensors]) =>
      Object.entries(tensors).map(([name, held]) => [key + name, held] as const),
    );
    const content = dict(
      Object.fromEntries(entries.map(([name, { shape, type }], i) => [name, tensor({ key: `${i}`, shape, type })])),
    );
    const storages = entries.map(([, { shape, data }], i) => {
      const count = shape.reduce((a, b) => a * b, 1) * data.length;
      return [`${i}`, Float32Array.from({ length: count }, (_, at) => data[at % data.length])] as const;
    });
    return decodeCheckpoint(torchFile({ content, storages: Object.fromEntries(storages) }), 'x.pt');
  };

  test('is read with its weights as pairs, and with the ω and s that its file states', () => {
    const [found, ...others] = recogniseNetworks(read({ '': network(7) }), wire, {}, image);
    expect(others).toEqual([]);
    expect(found.inferred).toEqual({ form: 'complex', width: 4, layers: 3, firstOmega: 3, omega: 7, scale: 2 });
    expect(Object.keys(found.assumed)).toEqual(['coordinates', 'axes', 'output']);
    const { 'layer2.weight': weight } = found.weights();
    expect(weight.shape).toEqual([4, 4, 2]);
    expect([...weight.data.slice(0, 4)]).toEqual([1, 2, 1, 2]);
  });

  test('beside another has the ω of its own', () => {
    const found = recogniseNetworks(read({ 'a.': network(7), 'b.': network(9) }), wire, {}, image);
    expect(found.map(({ key, config }) => [key, config.omega])).toEqual([
      ['a', 7],
      ['b', 9],
    ]);
  });
});

test('a setting that fits the shapes without being shown by them is taken and listed as assumed, unless the user says another', () => {
  const siren = coordinateNetworks.find(({ name }) => name === 'siren') as InrPlugin;
  const plugin: InrPlugin = { ...siren, assume: () => ({ output: 'half' }) };
  const shapes = { 'net.0.linear.weight': [4, 2], 'net.1.linear.weight': [4, 4], 'net.2.weight': [3, 4] };
  const [found] = recogniseNetworks(checkpoint(shapes), plugin, {}, image);
  expect([found.config.output, found.assumed.output, 'output' in found.inferred]).toEqual(['half', 'half', false]);
  const [said] = recogniseNetworks(checkpoint(shapes), plugin, { output: 'sigmoid' }, image);
  expect([said.config.output, 'output' in said.assumed]).toEqual(['sigmoid', false]);
});

test('what only networks of videos depend on is assumed of these alone', () => {
  const siren = coordinateNetworks.find(({ name }) => name === 'siren') as InrPlugin;
  const assumedOf = (coordinates: number, signal: SignalShape) => {
    const shapes = { 'net.0.linear.weight': [4, coordinates], 'net.1.linear.weight': [3, 4] };
    return Object.keys(recogniseNetwork(checkpoint(shapes), siren, {}, signal).assumed);
  };
  expect(assumedOf(2, image)).not.toContain('time');
  expect(assumedOf(3, clip(4, 6))).toContain('time');
});
