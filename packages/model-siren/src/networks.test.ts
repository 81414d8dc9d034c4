import {
  type Engine,
  frameCoordinate,
  type Inr,
  type InrPlugin,
  pixelCoordinates,
  type SignalShape,
  sizeOf,
} from '@xinc/core';
import { createNetwork, initializeParameters } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import families from './index.js';

const image: SignalShape = { kind: 'image', frames: 1, height: 3, width: 5 };
const video: SignalShape = { kind: 'video', frames: 4, height: 2, width: 3 };
const small = { width: 4, layers: 3 };

let engine: Engine;
beforeAll(async () => {
  engine = await ort.create({ threads: 1 });
});
afterAll(() => engine.dispose());

const named = (name: string) => families.find((family) => family.name === name)! as InrPlugin<unknown>;
const build = (name: string, settings: object, signal = image): Inr => {
  const plugin = named(name);
  return plugin.build(plugin.config.parse({ ...small, ...settings }), signal);
};

type Activate = (...z: number[]) => number;
const SINE: Activate = (z) => Math.sin(7 * z);
/** Each family with settings that show, and its hidden layers by the paper's formula: the first has a frequency of its own. */
const FORMULAS: readonly [name: string, settings: object, first: Activate, hidden: Activate][] = [
  ['siren', { omega: 7, firstOmega: 3 }, (z) => Math.sin(3 * z), SINE],
  [
    'finer',
    { omega: 7, firstOmega: 3 },
    (z) => Math.sin(3 * (Math.abs(z) + 1) * z),
    (z) => SINE((Math.abs(z) + 1) * z),
  ],
  ['gauss', { scale: 2 }, (z) => Math.exp(-((2 * z) ** 2)), (z) => Math.exp(-((2 * z) ** 2))],
  [
    'wire',
    { omega: 7, firstOmega: 3, scale: 2 },
    (u, v) => Math.cos(3 * u) * Math.exp(-((2 * v) ** 2)),
    (u, v) => Math.cos(7 * u) * Math.exp(-((2 * v) ** 2)),
  ],
  ['pemlp', { levels: 2 }, (z) => Math.max(z, 0), (z) => Math.max(z, 0)],
];

/** x, then sin(f·x), cos(f·x) for f = 1, 2 (Mildenhall et al. 2020). */
const encode = (x: readonly number[]) => [
  ...x,
  ...[1, 2].flatMap((f) => [...x.map((v) => Math.sin(f * v)), ...x.map((v) => Math.cos(f * v))]),
];

test.each(
  FORMULAS.flatMap((formula) => [image, video].map((signal) => [formula[0], signal.kind, formula, signal] as const)),
)(
  '%s of %s draws what its formula says, and all of its layers are traced',
  async (name, _kind, [, settings, first, hidden], signal) => {
    const inr = build(name, settings, signal);
    const weights = initializeParameters(inr.parameters, 3);
    const network = createNetwork(inr, weights, engine);
    const frame = signal.frames - 1;
    const { output } = await network.evaluate(frame, ['output']);
    const pixels = Uint32Array.from({ length: signal.height * signal.width }, (_, p) => p);
    const places = pixelCoordinates(signal, pixels, { coordinates: 'linspace', axes: 'yx' });
    const product = (layer: string, x: readonly number[]) => {
      const { data, shape } = weights[`${layer}.weight`];
      const bias = weights[`${layer}.bias`].data;
      return Array.from({ length: shape[0] }, (_, o) =>
        x.reduce((sum, value, n) => sum + value * data[o * shape[1] + n], bias[o]),
      );
    };
    for (const p of pixels) {
      const place = [...places.subarray(2 * p, 2 * p + 2)];
      const coordinates = signal.kind === 'video' ? [frameCoordinate(frame, 4, 'linspace'), ...place] : place;
      let x = name === 'pemlp' ? encode(coordinates) : coordinates;
      for (const [i, activate] of [first, hidden].entries()) {
        const parts = name === 'wire' ? ['.freqs', '.scale'] : [''];
        const products = parts.map((part) => product(`layer${i + 1}${part}`, x));
        x = products[0].map((_, o) => activate(...products.map((z) => z[o])));
      }
      const expected = product('layer3', x).map((z) => z / 2 + 0.5);
      for (const [c, value] of expected.entries()) expect(output.data[3 * p + c]).toBeCloseTo(value, 5);
    }
    expect(inr.untraced ?? []).toEqual([]);
    expect(inr.layers.map(({ id }) => id)).toEqual(
      name === 'wire'
        ? ['layer1.freqs', 'layer1.scale', 'layer2.freqs', 'layer2.scale', 'layer3']
        : ['layer1', 'layer2', 'layer3'],
    );
    await network.dispose();
  },
);

describe('settings', () => {
  test("a video's time comes last where it is asked to", () => {
    const of = (time: string) => build('siren', { time }, video).inputs([1], Uint32Array.of(5)).coordinates.data;
    expect([...of('first')]).toEqual([-1 / 3, 1, 1].map(Math.fround));
    expect([...of('last')]).toEqual([1, 1, -1 / 3].map(Math.fround));
  });

  test('COIN divides both axes by the height', () => {
    const inr = build('siren', { coordinates: 'by-height' });
    expect([...inr.inputs([0], Uint32Array.of(4)).coordinates.data]).toEqual([-1, 3]);
  });

  test('the outputs are brought to the picture as they are told', async () => {
    const drawn = async (output: string) => {
      const inr = build('siren', { output });
      const network = createNetwork(inr, initializeParameters(inr.parameters, 3), engine);
      const { output: picture } = await network.evaluate(0, ['output']);
      await network.dispose();
      return picture.data[0];
    };
    const z = await drawn('none');
    expect(await drawn('half')).toBeCloseTo(z + 0.5, 6);
    expect(await drawn('sigmoid')).toBeCloseTo(1 / (1 + Math.exp(-z)), 6);
    expect(await drawn('tanh')).toBeCloseTo(Math.tanh(z) / 2 + 0.5, 6);
  });

  test('the learning rate falls to its tenth where the published training has it', () => {
    expect(build('siren', {}).training.schedule(0.5)).toBe(1);
    expect(build('finer', {}).training.schedule(0)).toBe(1);
    expect(build('finer', {}).training.schedule(1)).toBeCloseTo(0.1);
  });

  test('weights start as Sitzmann et al. draw them', () => {
    const bounds = build('siren', { omega: 20 }).parameters.map(({ name, init }) => [
      name,
      init.kind === 'uniform' && init.bound,
    ]);
    expect(Object.fromEntries(bounds)).toMatchObject({
      'layer1.weight': 1 / 2,
      'layer2.weight': Math.sqrt(6 / 4) / 20,
      'layer3.weight': Math.sqrt(6 / 4) / 20,
      'layer3.bias': 1 / 2,
    });
  });

  test('the default SIREN has 198,915 parameters', () => {
    const inr = named('siren').build(named('siren').config.parse({}), image);
    expect(inr.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(198_915);
  });
});

describe('a checkpoint', () => {
  test.each(FORMULAS.map(([name, settings]) => [name, settings] as const))(
    'of %s tells width and depth by its shapes, under every published layout of names',
    (name, settings) => {
      for (const signal of [image, video]) {
        const inr = build(name, settings, signal);
        const shapes = Object.fromEntries(inr.parameters.map((spec) => [spec.name, spec.shape]));
        for (const { names } of inr.checkpoints!) {
          const stored = Object.fromEntries(Object.entries(names).map(([own, theirs]) => [theirs, shapes[own]]));
          expect(Object.keys(names).sort()).toEqual(Object.keys(shapes).sort());
          expect(Object.keys(stored)).toHaveLength(Object.keys(shapes).length);
          expect(named(name).infer!(stored, signal)).toEqual({
            ...small,
            ...(name === 'pemlp' && { levels: 2 }),
            ...(name === 'wire' && { form: 'real' }),
          });
        }
      }
    },
  );

  test('of other coordinates than the signal has is refused', () => {
    for (const [own, other, message] of [
      [video, image, 'reads three coordinates, as one of a video does, and the signal is an image'],
      [image, video, 'reads two coordinates, as one of an image does, and the signal is a video'],
    ] as const) {
      const inr = build('siren', {}, own);
      const shapes = Object.fromEntries(inr.parameters.map((spec) => [spec.name, spec.shape]));
      expect(() => named('siren').infer!(shapes, other)).toThrow(message);
    }
  });

  test.each([
    [[8, 8, 1], "gives one value for each pixel, and pictures have three. In PyTorch, repeat its last layer's weight"],
    [[8, 8, 4], 'gives four values for each pixel, and pictures have three. In PyTorch, keep the colours of its last'],
    [[64, 32, 3], 'has hidden layers of several widths (64, 32), and this model has one for all. Export the network'],
  ])('of layers of %j outputs is refused with what to do', (widths, message) => {
    const shapes = Object.fromEntries(
      widths.map((width, i) => [`${2 * i}.weight`, [width, i === 0 ? 2 : widths[i - 1]]]),
    );
    expect(() => named('siren').infer!(shapes, image)).toThrow(message);
  });
});
