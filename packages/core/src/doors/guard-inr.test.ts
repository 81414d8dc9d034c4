import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { deriveHooks } from '../derive/derive-hooks.js';
import { XincError } from '../errors.js';
import type { ConvHook, CustomHook, DenseHook, Inr, InrPlugin } from '../inr.js';
import { ndarray } from '../ndarray.js';
import { Registry } from '../registry.js';
import type { SignalShape } from '../signal.js';

const image: SignalShape = { kind: 'image', frames: 1, height: 4, width: 6 };
const video: SignalShape = { ...image, kind: 'video', frames: 3 };

const dense: DenseHook = {
  kind: 'dense',
  id: 'layer1',
  label: 'Layer 1',
  input: 'x',
  weight: 'weight',
  bias: 'bias',
  preactivation: 'z',
  activation: null,
};
const init = { kind: 'uniform', bound: 1 } as const;

/** A network of one dense layer on two coordinates, right in every way. */
function pixelNetwork(signal: SignalShape): Inr {
  return {
    signal,
    sampling: 'pixels',
    parameters: [
      { name: 'weight', shape: [3, 2], init, trainable: true },
      { name: 'bias', shape: [3], init, trainable: true },
    ],
    inputs: ([frame], pixels) => ({
      places: ndarray(
        [pixels!.length, 2],
        Float32Array.from({ length: 2 * pixels!.length }, (_, i) => pixels![i >> 1] + frame),
      ),
    }),
    forward(ops, { weight, bias }, { places }) {
      const z = ops.add(ops.matMul(places, weight, { transposeB: true }), bias);
      return { output: z, activations: { x: places, z } };
    },
    layers: [dense],
    training: {
      optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      learningRate: 1e-3,
      schedule: () => 1,
      steps: 10,
      batch: 8,
    },
  };
}

const conv: ConvHook = {
  kind: 'conv',
  id: 'block1',
  label: 'Block 1',
  input: 'x',
  kernel: 'kernel',
  bias: 'bias',
  preactivation: 'z',
  shuffle: 2,
  activation: 'relu',
  path: [{ kind: 'box', size: 3 }],
};

/** A network of frames: one convolution, a pixel shuffle by 2. */
function frameNetwork(signal: SignalShape): Inr {
  const { height, width } = signal;
  return {
    ...pixelNetwork(signal),
    sampling: 'frames',
    parameters: [
      { name: 'kernel', shape: [12, 5, 3, 3], init, trainable: true },
      { name: 'bias', shape: [12], init, trainable: true },
    ],
    inputs: (frames) => ({ time: ndarray([frames.length, 1, 1, 1], Float32Array.from(frames)) }),
    forward(ops, { kernel, bias }, { time }) {
      const [frames] = ops.shapeOf(time);
      const x = ops.broadcastTo(time, [frames, 5, height / 2, width / 2]);
      const z = ops.add(ops.conv2d(x, kernel, { padding: 1 }), ops.reshape(bias, [1, 12, 1, 1]));
      return { output: ops.depthToSpace(z, 2), activations: { x, z } };
    },
    layers: [conv],
  };
}

/** The network as it comes through the door. */
function build(network: (signal: SignalShape) => unknown, signal = image): Inr {
  const registry = new Registry();
  const plugin: InrPlugin = {
    kind: 'inr',
    name: 'mine',
    title: 'Mine',
    description: 'Mine.',
    signals: ['image', 'video'],
    config: z.object({}),
    build: (_, of) => network(of) as Inr,
  };
  registry.add(plugin, { package: 'my-package', version: '1.0.0', path: '/p/index.js', folder: '/p' });
  return registry.get('inr', 'mine').plugin.build({}, signal);
}

const change = (fields: object) => (signal: SignalShape) => ({ ...pixelNetwork(signal), ...fields });
const layer = (fields: object) => change({ layers: [{ ...dense, ...fields }] });
const layers = (...ids: string[]) => change({ layers: ids.map((id) => ({ ...dense, id })) });
const block = (fields: object) => (signal: SignalShape) => ({
  ...frameNetwork(signal),
  layers: [{ ...conv, ...fields }],
});
const parameter = (fields: object) => (signal: SignalShape) => {
  const [weight, bias] = pixelNetwork(signal).parameters;
  return { ...pixelNetwork(signal), parameters: [{ ...weight, ...fields }, bias] };
};
const training = (fields: object) => (signal: SignalShape) => ({
  ...pixelNetwork(signal),
  training: { ...pixelNetwork(signal).training, ...fields },
});

test('networks that are right pass, of images and of videos', () => {
  for (const signal of [image, video]) {
    expect(build(pixelNetwork, signal).layers).toHaveLength(1);
    expect(build(frameNetwork, signal).layers).toHaveLength(1);
  }
});

const MISTAKES: readonly (readonly [string, (signal: SignalShape) => unknown, string])[] = [
  ['no network', () => undefined, 'build: it gave undefined'],
  [
    'a promise of one',
    async (signal) => pixelNetwork(signal),
    'build: it gave a promise, and its result is needed at once',
  ],
  [
    'an unknown sampling',
    change({ sampling: 'pixel' }),
    "build: sampling is 'pixel'. There are 'pixels' and 'frames'.",
  ],
  ['another signal', change({ signal: video }), "build: the network is of a signal with kind 'video', not 'image'"],
  ['no layers', change({ layers: [] }), 'build: it has no layer to trace. Give at least one hook in layers.'],
  [
    'layers of an embedding that nothing looks up',
    (signal) => {
      const network: Inr = {
        ...frameNetwork(signal),
        parameters: [
          ...frameNetwork(signal).parameters,
          { name: 'embedding', shape: [1, 5, 2, 3], init, trainable: true },
        ],
        forward: (ops, { kernel, embedding }) => ({
          output: ops.depthToSpace(ops.conv2d(embedding, kernel, { padding: 1 }), 2),
        }),
      };
      return { ...network, ...deriveHooks(network) };
    },
    "build: it has no layer to trace; of 1, 'kernel': it reads parameters and constants alone, which no input changes. What is learned of each frame is looked up by an input: ops.gather(embedding, inputs.frame, 0).",
  ],
  [
    'no layer that has a rule',
    change({ layers: [], untraced: [{ id: 'a', why: 'it is a convolution in a network of single pixels' }] }),
    "it has no layer to trace; of 1, 'a': it is a convolution in a network of single pixels. Trace a layer yourself, by a hook in layers.",
  ],
  [
    'untraced layers without a reason',
    change({ untraced: [{ id: 'a' }] }),
    'untraced is [a Object]. Give a list of { id, why }.',
  ],
  [
    'an unknown activation',
    layer({ activation: 'Relu' }),
    "build: layer 'layer1' has activation 'Relu'. There are relu, leakyRelu, leakyRelu0.1, leakyRelu0.2, gelu, silu, sine, tanh, sigmoid, and null for none.",
  ],
  ['an activation left out', layer({ activation: undefined }), "layer 'layer1' has activation undefined"],
  [
    'a pre-activation of other outputs',
    block({ kind: 'derived', neurons: 60, outputs: 10, source: () => undefined }),
    "layer 'block1' has the pre-activation 1×12×2×3, 10 outputs and 60 neurons. Its pre-activation is [B, outputs, h, w], and each output has as many neurons.",
  ],
  [
    'an unknown kind of layer',
    layer({ kind: 'linear' }),
    "layer 'layer1' is of kind 'linear'. There are dense, conv, derived, custom.",
  ],
  ['two layers of one id', layers('a', 'a'), "two layers are called 'a'"],
  ['ids that differ in case', layers('Block', 'block'), "the layers 'Block' and 'block' differ in case alone"],
  ['an id out of its folder', layers('../../x'), "a layer's id '../../x' holds a character that no file name may"],
  ['an id of dots', layers('..'), "a layer's id '..' begins or ends with a full stop"],
  ['a hidden id', layers('.git'), "a layer's id '.git' begins or ends with a full stop"],
  ['an id with a zero', layers('a\0b'), "a layer's id 'a\\u{0}b' holds a character"],
  ['an id that Windows keeps', layers('con'), "a layer's id 'con' is one that Windows keeps for devices"],
  ['an id without an end', layers('x'.repeat(101)), "a layer's id has 101 characters, and 100 are possible"],
  [
    'a weight that is none',
    layer({ weight: 'wieght' }),
    "layer 'layer1' names 'wieght' as its weight, and there is no such parameter. Did you mean 'weight'? There are weight, bias.",
  ],
  [
    'an input that is none',
    layer({ input: 'y' }),
    "layer 'layer1' names 'y' as its input, and there is no such activation",
  ],
  ['a bias of another size', layer({ bias: 'weight' }), "layer 'layer1': its bias 'weight' is 3×2, not 3"],
  ['input and output mixed up', layer({ input: 'z' }), "layer 'layer1': its input 'z' is 7×3, not 7×2"],
  ['channels of a hidden layer', layer({ channels: ['a'] }), "layer 'layer1' has 1 channels and 3 outputs"],
  [
    'two parameters of one name',
    (signal) => ({
      ...pixelNetwork(signal),
      parameters: [...pixelNetwork(signal).parameters, ...pixelNetwork(signal).parameters],
    }),
    "two parameters are called 'weight'",
  ],
  ['a parameter of size 0', parameter({ shape: [3, 0] }), "parameter 'weight' has the shape [3, 0]"],
  ['a parameter of half a number', parameter({ shape: [3, 2.5] }), "parameter 'weight' has the shape [3, 2.5]"],
  [
    'an unknown initialiser',
    parameter({ init: { kind: 'xavier', bound: 1 } }),
    "parameter 'weight' has an initialiser of kind 'xavier'. There are uniform, normal, constant.",
  ],
  [
    'an initialiser that is no number',
    parameter({ init: { kind: 'uniform', bound: Number.NaN } }),
    "parameter 'weight' has an initialiser 'uniform' with bound: NaN",
  ],
  ['nothing to train', parameter({ trainable: 'yes' }), "parameter 'weight' has trainable: 'yes'"],
  ['a batch of half a pixel', training({ batch: 0.5 }), 'training.batch is 0.5'],
  ['a learning rate of 0', training({ learningRate: 0 }), 'training.learningRate is 0'],
  ['a beta of 1', training({ optimizer: { beta1: 1, beta2: 0.9, epsilon: 1e-8 } }), 'training.optimizer.beta1 is 1'],
  [
    'an optimiser that there is not',
    training({ optimizer: { name: 'sgd' } }),
    "training.optimizer.name is 'sgd'. It is one of adam, soap, muon.",
  ],
  [
    'SOAP without its settings',
    training({
      optimizer: { name: 'soap', beta1: 0.9, beta2: 0.9, epsilon: 1e-8, refresh: 0.5, mostSide: 9 },
    }),
    'training.optimizer.refresh is 0.5. It has to be a whole number of at least 1.',
  ],
  [
    "Muon without Adam's",
    training({ optimizer: { name: 'muon', momentum: 0.9, iterations: 5, leastSide: 4, adamShare: 1 } }),
    'training.optimizer.adam is undefined. Give beta1, beta2 and epsilon.',
  ],
  ['a schedule of NaN', training({ schedule: (q: number) => Math.log(q - 0.5) }), 'build: training.schedule(0) is NaN'],
  ['a forward pass that waits', change({ forward: async () => ({}) }), 'forward: it gave a promise'],
  [
    'a forward pass that throws',
    change({ forward: () => (undefined as unknown as { x: { y: 1 } }).x.y }),
    "my-package, model 'mine', forward: Cannot read properties of undefined (reading 'x')",
  ],
  [
    'a parameter read by a wrong name',
    change({ forward: (_ops: unknown, p: Record<string, { x: 1 }>) => p.wieght.x }),
    "forward: it reads 'wieght', which is neither a parameter nor an input. Did you mean 'weight'? There are weight, bias, places.",
  ],
  [
    'shapes that do not fit',
    change({
      forward: (
        ops: { matMul(a: unknown, b: unknown): unknown },
        p: Record<string, unknown>,
        i: Record<string, unknown>,
      ) => ops.matMul(i.places, p.weight),
    }),
    'forward: matMul(7×2, 3×2): inner extents 2 and 3 differ',
  ],
  [
    'an output of another shape',
    (signal) => ({
      ...pixelNetwork(signal),
      forward: (ops: { sum(x: unknown): unknown }, p: Record<string, unknown>) => ({
        output: ops.sum(p.weight),
        activations: {},
      }),
    }),
    'build: forward gives an output of scalar, not 7×3. The output is [pixels, 3].',
  ],
  [
    'an output of inputs alone',
    (signal) => ({
      ...pixelNetwork(signal),
      forward: (ops: { broadcastTo(x: unknown, s: number[]): unknown; constant(v: number): unknown }) => ({
        output: ops.broadcastTo(ops.constant(1), [7, 3]),
        activations: {},
      }),
    }),
    'the output of forward depends on no parameter that is trained',
  ],
  ['inputs that are a promise', change({ inputs: async () => ({}) }), 'inputs: it gave a promise'],
  [
    'inputs that are no numbers',
    change({ inputs: () => ({ places: ndarray([1], Float32Array.of(Number.NaN)) }) }),
    "inputs: its input 'places' holds values that are no numbers",
  ],
  [
    'an input called as a parameter',
    change({ inputs: () => ({ weight: ndarray([1]) }) }),
    "inputs: its input 'weight' has the name of a parameter",
  ],
  [
    'an unknown stage',
    block({ path: [{ kind: 'bilinear', scale: 2 }] }),
    "layer 'block1': a stage of its path is of kind 'bilinear'. There are box, upsample, activation.",
  ],
  [
    'a path that ends elsewhere',
    block({ path: [{ kind: 'upsample', scale: 2 }] }),
    "layer 'block1': its path ends at 8×12, and the picture is 4×6",
  ],
  ['a shuffle that does not divide', block({ shuffle: 5 }), "layer 'block1': 12 channels do not shuffle by 5"],
  [
    'an activation on the path',
    block({ path: [{ kind: 'activation', activation: 'swish' }] }),
    "has activation 'swish'",
  ],
];

test.each(MISTAKES)('%s is refused before anything is trained', (_what, network, message) => {
  expect(() => build(network)).toThrow(message);
  try {
    build(network);
  } catch (error) {
    expect(error).toMatchObject({ code: 'plugin', subject: 'mine' });
    expect((error as Error).message).toMatch(/^my-package, model 'mine', (build|forward|inputs): .+\. .+\.$/);
    expect((error as Error).message).not.toContain('\n');
  }
});

describe('a network of single pixels and a video', () => {
  test('is refused where its inputs do not depend on the frame', () => {
    const still = (signal: SignalShape) => ({
      ...pixelNetwork(signal),
      inputs: (_: unknown, pixels: Uint32Array) => ({ places: ndarray([pixels.length, 2]) }),
    });
    expect(build(still, image).sampling).toBe('pixels');
    expect(() => build(still, video)).toThrow(
      'build: inputs gives the same for the frames 0 and 1 of a video. Let it depend',
    );
  });
});

test('a schedule that fails later names itself', () => {
  const inr = build(training({ schedule: (progress: number) => (progress === 0.999 ? Number.NaN : 1) }));
  expect(inr.training.schedule(0.5)).toBe(1);
  expect(() => inr.training.schedule(0.999)).toThrow(
    "my-package, model 'mine', training.schedule: training.schedule(0.999)",
  );
});

describe('a layer that its plugin traces', () => {
  const own = (trace: unknown, fields: object = {}) =>
    build(change({ layers: [{ kind: 'custom', id: 'own', label: 'Own', input: 'x', neurons: 4, trace, ...fields }] }))
      .layers[0] as CustomHook;
  const region = { top: 0, left: 0, height: 2, width: 6 };
  const context = { frame: 0, signal: image, parameters: {}, activations: { x: ndarray([12, 2]) } };
  const traced = (hook: CustomHook) => {
    const out = new Float32Array(2 * 12);
    hook.trace(context, Uint32Array.of(1, 2), region, out);
    return out;
  };
  type Trace = CustomHook['trace'];

  test('gives its maps', () => {
    const trace: Trace = (_, neurons, { height, width }, out) => {
      for (const [i, n] of neurons.entries()) out.fill(n, i * height * width, (i + 1) * height * width);
    };
    expect([...traced(own(trace))]).toEqual([...Array(12).fill(1), ...Array(12).fill(2)]);
  });

  const where = "my-package, model 'mine', trace of layer 'own', frame 0: ";
  test.each<[string, Trace, string]>([
    ['that writes nothing', () => {}, 'it wrote nothing of the maps of 2 neurons, 2×6 pixels each'],
    [
      'that writes half',
      (_c, _n, _r, out) => void out.fill(1, 0, out.length / 2),
      'it wrote 12 of 24 values of the maps',
    ],
    [
      'that adds',
      (_c, _n, _r, out) => {
        for (let i = 0; i < out.length; i++) out[i] += 1;
      },
      'holds NaN before, so that nothing can be added to it',
    ],
    ['that writes NaN', (_c, _n, _r, out) => void out.fill(Number.NaN), 'it wrote NaN for neuron 1'],
    ['that writes infinity', (_c, _n, _r, out) => void out.fill(1).fill(1 / 0, 12), 'it wrote Infinity for neuron 2'],
    [
      'that waits',
      (async (_c: unknown, _n: unknown, _r: unknown, out: Float32Array) => void out.fill(1)) as unknown as Trace,
      'it gave a promise',
    ],
    [
      'that writes the whole picture',
      (_c, neurons, _r, out) => {
        for (let i = 0; i < neurons.length * 24; i++) out[i] = 1;
      },
      'it wrote to out[6], and the map of one neuron on 1×6 pixels ends at out[5]',
    ],
    [
      'that throws',
      () => {
        throw new RangeError('too far');
      },
      'too far',
    ],
  ])('and %s is an error, not dead', (_what, trace, message) => {
    expect(() => traced(own(trace))).toThrow(message.startsWith('holds') ? message : `${where}${message}`);
  });

  test('whose network gives infinity is not at fault', () => {
    const hook = own(((_c, _n, _r, out) => void out.fill(Number.NaN)) as Trace);
    const endless = { ...context, activations: { x: ndarray([12, 2], new Float32Array(24).fill(1 / 0)) } };
    expect(() => hook.trace(endless, Uint32Array.of(1), region, new Float32Array(12))).not.toThrow();
  });

  test('names activations that are there', () => {
    expect(() => own(() => {}, { inputs: ['y'] })).toThrow(
      "layer 'own' names 'y' as its inputs, and there is no such activation",
    );
    expect(() => own(() => {}, { neurons: 0 })).toThrow("layer 'own' has 0 neurons");
  });

  test('gives parameters in their shapes where neurons are switched off', () => {
    const hook = own(() => {}, { switchOff: () => ({ weight: ndarray([2, 3]) }) });
    const parameters = { weight: ndarray([3, 2]) };
    expect(() => hook.switchOff!(parameters, [0])).toThrow(
      "my-package, model 'mine', switchOff of layer 'own': it gave 'weight' in the shape 2×3, not 3×2",
    );
  });
});

describe('a file that holds a network whole', () => {
  const read = { config: {}, settled: [], weights: {}, description: 'Mine, version 1' };
  const through = (give: () => unknown, checkBeginning = () => {}) => {
    const registry = new Registry();
    const plugin = {
      kind: 'inr',
      name: 'mine',
      title: '',
      description: '',
      signals: ['image'],
      config: z.object({}),
      build: () => pixelNetwork(image),
      files: { endings: ['.mine'], checkBeginning, read: give },
    };
    registry.add(plugin as unknown as InrPlugin, { package: 'my-package', version: '1.0.0', path: '/p/index.js' });
    const { files } = registry.get('inr', 'mine').plugin;
    files!.checkBeginning!(new Uint8Array(4), 'a.mine');
    return files!.read({ name: 'a.mine', bytes: new Uint8Array(), beside: () => new Uint8Array(), arrays: {} });
  };

  test('is refused by its first bytes as its model says, whose faults are told to be its own', () => {
    const refuse = () => {
      throw new XincError('invalid-file', 'a.mine is a zip');
    };
    expect(() => through(() => read, refuse)).toThrow(/^a\.mine is a zip$/);
    const fail = () => (undefined as unknown as Inr).layers as unknown as undefined;
    expect(() => through(() => read, fail)).toThrow(
      "my-package, model 'mine', files.checkBeginning, a.mine: Cannot read",
    );
  });

  test('is given on as its model read it', () => {
    expect(through(() => read)).toBe(read);
  });

  test.each<[string, () => unknown, string]>([
    ['nothing', () => undefined, 'it gave undefined. Give { config'],
    ['no weights', () => ({ ...read, weights: 3 }), 'it gave weights: 3. Give arrays by the names of parameters.'],
    ['a promise', async () => read, 'it gave a promise, and its result is needed at once'],
    ['an error', () => (undefined as unknown as Inr).layers, 'Cannot read properties of undefined'],
  ])('%s is told to be its model’s', (_, give, message) => {
    expect(() => through(give)).toThrow(`my-package, model 'mine', files.read, a.mine: ${message}`);
  });
});

describe('what a model says of checkpoints is checked', () => {
  const around = (names: object) => change({ checkpoints: [{ name: 'theirs', names: {}, around: names }] });

  test.each<[string, (signal: SignalShape) => unknown, string]>([
    ['names around of what is no parameter', around({ codes: ['embed'] }), "'codes', which is no parameter"],
    ['one name in place of a list', around({ weight: 'embed' }), "the layout 'theirs' names 'weight' 'embed'"],
    ['advice that is no text', parameter({ advice: 3 }), "parameter 'weight' has the advice 3"],
  ])('%s', (_, network, message) => {
    expect(() => build(network)).toThrow(message);
  });

  const encoderOf = (found: unknown) => {
    const registry = new Registry();
    const plugin = {
      kind: 'inr',
      name: 'mine',
      title: 'Mine',
      description: 'Mine.',
      signals: ['image'],
      config: z.object({}),
      build: pixelNetwork,
      encoder: () => found,
    } as unknown as InrPlugin;
    registry.add(plugin, { package: 'my-package', version: '1.0.0', path: '/p/index.js', folder: '/p' });
    return registry.get('inr', 'mine').plugin.encoder!({});
  };

  test('an encoder', () => {
    expect(encoderOf(undefined)).toBeUndefined();
    expect(() => encoderOf({ parameter: 'weight' })).toThrow('an encoder of a parameter is');
    expect(() => encoderOf({ parameter: 'weight', weights: {} })).toThrow("has no function 'encode'");
    const failing = encoderOf({
      parameter: 'weight',
      weights: {},
      encode: () => {
        throw new TypeError('no such thing');
      },
    })!;
    expect(() => failing.encode({} as never, {}, {} as never)).toThrow(/my-package.*encoder\.encode.*no such thing/s);
  });
});
