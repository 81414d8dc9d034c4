import {
  type Inr,
  type InrPlugin,
  type NdArray,
  ndarray,
  type Program,
  pixelCoordinates,
  type SignalShape,
} from '@xinc/core';
import { createLocalPool, createNetwork, createTracer, initializeParameters } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import tfjs from '@xinc/engine-tfjs';
import { describe, expect, test } from 'vitest';
import families from './index.js';

const image: SignalShape = { kind: 'image', frames: 1, height: 3, width: 5 };
const plugin = families.find(({ name }) => name === 'wire')! as InrPlugin<unknown>;
const build = (settings: object): Inr =>
  plugin.build(plugin.config.parse({ width: 4, layers: 3, omega: 7, firstOmega: 3, scale: 2, ...settings }), image);
const FORMS = [
  ['complex', ['layer1', 'layer2', 'layer3']],
  ['complex2d', ['layer1.linear', 'layer1.scale_orth', 'layer2.linear', 'layer2.scale_orth', 'layer3']],
] as const;

interface Complex {
  readonly re: number;
  readonly im: number;
}
const times = (a: Complex, b: Complex): Complex => ({ re: a.re * b.re - a.im * b.im, im: a.re * b.im + a.im * b.re });
const plus = (a: Complex, b: Complex): Complex => ({ re: a.re + b.re, im: a.im + b.im });
const squared = ({ re, im }: Complex) => re ** 2 + im ** 2;
const real = (re: number): Complex => ({ re, im: 0 });

/** Element of a real array, or of one of complex numbers as pairs. */
const at = ({ data }: NdArray, i: number, pairs: boolean): Complex =>
  pairs ? { re: data[2 * i], im: data[2 * i + 1] } : { re: data[i], im: 0 };

/** The published formula in complex numbers: exp(iω·z − s²·(|z|² + |v|²)), the picture the real part. */
function drawn(weights: Readonly<Record<string, NdArray>>, coordinates: readonly number[], two: boolean): number[] {
  const product = (name: string, x: readonly Complex[], pairs: boolean) => {
    const weight = weights[`${name}.weight`];
    return Array.from({ length: weight.shape[0] }, (_, o) =>
      x.reduce(
        (sum, value, n) => plus(sum, times(value, at(weight, o * weight.shape[1] + n, pairs))),
        at(weights[`${name}.bias`], o, pairs),
      ),
    );
  };
  let x = coordinates.map(real);
  for (const [i, omega] of [3, 7].entries()) {
    const [z, v] = (two ? ['.linear', '.scale_orth'] : ['']).map((part) => product(`layer${i + 1}${part}`, x, i > 0));
    x = z.map(({ re, im }, n) => {
      const size = Math.exp(-omega * im - 4 * (squared({ re, im }) + (v ? squared(v[n]) : 0)));
      return { re: size * Math.cos(omega * re), im: size * Math.sin(omega * re) };
    });
  }
  return product('layer3', x, true).map(({ re }) => re / 2 + 0.5);
}

describe.each(FORMS)('WIRE with form=%s', (form, layers) => {
  test('draws what the formula says in complex numbers, and the contributions of every layer add up', async () => {
    const engine = await ort.create({ threads: 1 });
    const pool = await createLocalPool();
    const inr = build({ form });
    const weights = initializeParameters(inr.parameters, 3);
    const network = createNetwork(inr, weights, engine);
    const { output } = await network.evaluate(0, ['output']);
    const pixels = Uint32Array.from({ length: 15 }, (_, p) => p);
    const places = pixelCoordinates(image, pixels, { coordinates: 'linspace', axes: 'yx' });
    for (const p of pixels) {
      const expected = drawn(weights, [...places.subarray(2 * p, 2 * p + 2)], form === 'complex2d');
      for (const [c, value] of expected.entries()) expect(output.data[3 * p + c]).toBeCloseTo(value, 5);
    }
    expect(inr.untraced ?? []).toEqual([]);
    expect(inr.layers.map(({ id }) => id)).toEqual(layers);
    const tracer = createTracer(network, pool);
    for (const { id } of inr.layers) {
      const { largestError, largestPreactivation } = await tracer.completeness(id, 0);
      expect(largestPreactivation, id).toBeGreaterThan(0.01);
      expect(largestError, id).toBeLessThan(1e-6 * Math.max(1, largestPreactivation));
    }
    await network.dispose();
    await pool.dispose();
    await engine.dispose();
  });

  test('its neurons are the real parts of the units, then the imaginary parts', async () => {
    const engine = await ort.create({ threads: 1 });
    const pool = await createLocalPool();
    const inr = build({ form });
    const network = createNetwork(inr, initializeParameters(inr.parameters, 3), engine);
    const tracer = createTracer(network, pool);
    const hook = inr.layers.at(-1)!;
    expect(hook.label).toBe('Layer 3 · real and imaginary parts of 4 wavelets');
    const { [hook.input]: units } = await network.evaluate(0, [hook.input]);
    expect(units.shape).toEqual([15, 8]);
    const { data } = network.parameters['layer3.weight'];
    const bias = network.parameters['layer3.bias'].data;
    const maps = await tracer.maps('layer3', 0, [1, 5]);
    // Re(W·h) = Re W·Re h − Im W·Im h, summed over the three channels; unit 1 is the neurons 1 and 5.
    for (const [i, part] of [0, 1].entries()) {
      const column = [0, 1, 2].reduce((sum, o) => sum + data[2 * (4 * o + 1) + part], 0) * (part === 0 ? 1 : -1);
      const share = (bias[0] + bias[2] + bias[4]) / 8;
      for (let p = 0; p < 15; p++) {
        expect(maps[15 * i + p]).toBeCloseTo(units.data[8 * p + 1 + 4 * part] * column + share, 5);
      }
    }
    await network.dispose();
    await pool.dispose();
    await engine.dispose();
  });

  test('a checkpoint tells form, width and depth by its names and shapes, ω and s by what it states', () => {
    const inr = build({ form });
    const shapes = Object.fromEntries(inr.parameters.map((spec) => [spec.name, spec.shape]));
    for (const { names, stated } of inr.checkpoints!) {
      const stored = Object.fromEntries(Object.entries(names).map(([own, theirs]) => [theirs, shapes[own]]));
      for (const name of stated ?? []) stored[name] = [1];
      const values = (name: string) =>
        name in stored && stored[name].length === 1 && stored[name][0] === 1
          ? [name.endsWith('scale_0') ? 2 : name.includes('net.0.') ? 3 : Math.fround(7.1)]
          : undefined;
      const read = { form, width: 4, layers: 3 };
      const constants = stated ? { firstOmega: 3, omega: 7.1, scale: 2 } : {};
      expect(plugin.infer!(stored, image, values)).toEqual({ ...read, ...constants });
      expect(plugin.infer!(stored, image)).toEqual(read);
    }
  });
});

test('a WIRE whose hidden layers have frequencies of their own is refused', () => {
  const shapes = {
    'net.0.linear.weight': [4, 2],
    'net.1.linear.weight': [4, 4, 2],
    'net.2.linear.weight': [4, 4, 2],
    'net.3.weight': [3, 4, 2],
    ...Object.fromEntries([0, 1, 2].map((i) => [`net.${i}.omega_0`, [1]])),
  };
  const values = (name: string) => (name.endsWith('omega_0') ? [Number(name[4]) + 10] : undefined);
  expect(() => plugin.infer!(shapes, image, values)).toThrow(
    'The hidden layers of this WIRE have frequencies of their own: 11, 12',
  );
});

test('both engines draw the same, and have the gradients of differences', async () => {
  const inr = build({ form: 'complex2d', omega: 2, firstOmega: 2, scale: 1 });
  const weights = initializeParameters(inr.parameters, 5);
  const pixels = Uint32Array.from({ length: 15 }, (_, p) => p);
  const target = ndarray(
    [15, 3],
    Float32Array.from({ length: 45 }, (_, i) => (i % 7) / 7),
  );
  const inputs = { ...weights, ...inr.inputs([0], pixels), target };
  const program: Program = (ops, values) => {
    const { output } = inr.forward(ops, values, values);
    return { output, loss: ops.mean(ops.square(ops.sub(output, values.target))) };
  };
  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
  const wrt = Object.keys(weights);
  const outputs: Float32Array[] = [];
  for (const plugin of [ort, tfjs]) {
    const engine = await plugin.create({ threads: 1 });
    const executable = await engine.compileGradient(program, shapes, { loss: 'loss', wrt });
    const found = await executable.run(inputs);
    outputs.push(found.output.data);
    for (const name of wrt) {
      const gradient = found[`gradient:${name}`].data;
      const length = Math.hypot(...gradient);
      // Along the gradient itself, where the loss changes most; the bias of an imaginary part that is dropped has none.
      const lossAt = async (step: number) => {
        const moved = weights[name].data.map((value, i) => value + (step * gradient[i]) / length);
        const { loss } = await executable.run({ ...inputs, [name]: ndarray(weights[name].shape, moved) });
        return loss.data[0];
      };
      const step = 2e-3;
      const slope = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
      expect(Math.abs(slope - length), `${engine.name}, ${name}`).toBeLessThan(1e-4 + 0.02 * length);
    }
    await executable.dispose();
    await engine.dispose();
  }
  for (const [i, value] of outputs[0].entries()) expect(outputs[1][i]).toBeCloseTo(value, 5);
});
