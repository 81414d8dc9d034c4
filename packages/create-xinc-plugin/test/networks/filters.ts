import { defineInr, deriveHooks, type InrProgram, ndarray, type ParameterSpec, pixelCoordinates } from '@xinc/core';
import { z } from 'zod';

const config = z.object({
  width: z.coerce.number().int().min(1).default(128).describe('Filters of each layer'),
  layers: z.coerce.number().int().min(1).max(32).default(3).describe('Multiplications by a filter'),
  scale: z.coerce.number().positive().default(128).describe('Largest frequency of all filters together'),
});
type Config = z.infer<typeof config>;

/** FourierNet: h = sin(F₀x + p₀), then h ← (Wᵢh + bᵢ) ⊙ sin(Fᵢx + pᵢ), then a linear layer (Fathony et al. 2021). */
export const filters = defineInr<Config>({
  kind: 'inr',
  name: 'filters',
  title: 'Multiplicative filter network',
  description: 'Products of sine filters of the pixel coordinates (Fathony et al., ICLR 2021).',
  signals: ['image'],
  config,
  build({ width, layers, scale }, signal) {
    const frequency = scale / Math.sqrt(layers + 1);
    const program: InrProgram = {
      signal,
      sampling: 'pixels',
      parameters: [
        ...Array.from({ length: layers + 1 }, (_, i) =>
          denseParameters(`filters.${i}`, 2, width, frequency / Math.sqrt(2), Math.PI),
        ).flat(),
        ...Array.from({ length: layers }, (_, i) =>
          denseParameters(`linear.${i}`, width, width, Math.sqrt(6 / width), 1 / Math.sqrt(width)),
        ).flat(),
        ...denseParameters('output', width, 3, Math.sqrt(6 / width) / 4, 1 / Math.sqrt(width)),
      ],
      inputs: (_frames, pixels = new Uint32Array()) => ({
        coordinates: ndarray(
          [pixels.length, 2],
          pixelCoordinates(signal, pixels, { coordinates: 'linspace', axes: 'yx' }),
        ),
      }),
      forward(ops, parameters, { coordinates }) {
        const dense = (x: typeof coordinates, layer: string) =>
          ops.add(ops.matMul(x, parameters[`${layer}.weight`], { transposeB: true }), parameters[`${layer}.bias`]);
        const filter = (i: number) => ops.sin(dense(coordinates, `filters.${i}`));
        let h = filter(0);
        for (let i = 0; i < layers; i++) h = ops.mul(dense(h, `linear.${i}`), filter(i + 1));
        return { output: ops.add(ops.mul(dense(h, 'output'), 0.5), 0.5) };
      },
    };
    const hooks = deriveHooks(program, {
      // The filters read two coordinates, which are no neurons worth tracing.
      name: (weight) =>
        weight?.startsWith('filters.')
          ? null
          : weight === 'output.weight'
            ? { id: 'output', channels: ['red', 'green', 'blue'] }
            : undefined,
    });
    return {
      ...program,
      ...hooks,
      training: {
        optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
        learningRate: 1e-3,
        schedule: () => 1,
        steps: 1000,
        batch: 65_536,
      },
    };
  },
});

function denseParameters(name: string, inputs: number, outputs: number, weight: number, bias: number): ParameterSpec[] {
  return [
    { name: `${name}.weight`, shape: [outputs, inputs], init: { kind: 'uniform', bound: weight }, trainable: true },
    { name: `${name}.bias`, shape: [outputs], init: { kind: 'uniform', bound: bias }, trainable: true },
  ];
}
