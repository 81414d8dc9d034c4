import {
  COORDINATE_RULES,
  defineInr,
  deriveHooks,
  frameCoordinate,
  type InrProgram,
  ndarray,
  type ParameterSpec,
  pixelCoordinates,
  type SignalShape,
} from '@xinc/core';
import { z } from 'zod';

/** Every setting has a default and a description; `--set width=64` changes one, `xinc plugins` lists them. */
const config = z.object({
  width: z.coerce.number().int().min(1).max(4096).default(128).describe('Neurons of each layer'),
  blocks: z.coerce.number().int().min(1).max(32).default(3).describe('Residual blocks, of two layers each'),
  omega: z.coerce.number().positive().default(30).describe('Frequency ω of the sines'),
  coordinates: z.enum(COORDINATE_RULES).default('linspace').describe('Where pixel i of n lies on an axis'),
  steps: z.coerce.number().int().min(1).default(1000).describe('Training steps'),
});
type Config = z.infer<typeof config>;

/**
 * Residual sine layers on coordinates (Lu et al., Computer Graphics Forum 2021): h = sin(ω(W x + b)), then in each block
 * h ← (h + sin(ω(W₂ sin(ω(W₁ h + b₁)) + b₂))) / 2, then a layer without activation to red, green and blue.
 */
export const network = defineInr<Config>({
  kind: 'inr',
  name: 'my-network',
  title: 'Residual sine network',
  description: 'Residual blocks of sine layers on pixel coordinates (Lu et al., CGF 2021).',
  signals: ['image', 'video'],
  config,
  build(config, signal) {
    const program = programOf(config, signal);
    // Layers, neurons and their contributions are read off the forward pass; here they get their names.
    const hooks = deriveHooks(program, {
      name: (weight) => (weight === 'output.weight' ? { id: 'output', channels: ['red', 'green', 'blue'] } : undefined),
    });
    return {
      ...program,
      ...hooks,
      training: {
        optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
        learningRate: 1e-4,
        schedule: () => 1,
        steps: config.steps,
        batch: 65_536,
      },
    };
  },
});

/** The network for one signal: its parameters, what it reads, and its forward pass. */
function programOf({ width, blocks, omega, coordinates }: Config, signal: SignalShape): InrProgram {
  // Of a video, the frame's place in time is a third coordinate.
  const dimensions = signal.kind === 'video' ? 3 : 2;
  return {
    signal,
    // `pixels`: any pixels of a frame, output [P, 3]. `frames`: whole frames, output [B, 3, H, W].
    sampling: 'pixels',
    // In the order in which PyTorch would draw them; names are those of a state dict.
    parameters: [
      ...denseParameters('input', dimensions, width, 1 / dimensions),
      ...Array.from({ length: blocks }, (_, i) => [
        ...denseParameters(`blocks.${i}.first`, width, width, Math.sqrt(6 / width) / omega),
        ...denseParameters(`blocks.${i}.second`, width, width, Math.sqrt(6 / width) / omega),
      ]).flat(),
      ...denseParameters('output', width, 3, Math.sqrt(6 / width) / omega),
    ],
    inputs: ([frame], pixels = new Uint32Array()) => {
      // [P, 2]: the row, then the column.
      const places = pixelCoordinates(signal, pixels, { coordinates, axes: 'yx' });
      if (signal.kind === 'image') return { coordinates: ndarray([pixels.length, 2], places) };
      const time = frameCoordinate(frame, signal.frames, coordinates);
      const all = Float32Array.from({ length: 3 * pixels.length }, (_, i) =>
        i % 3 === 0 ? time : places[2 * Math.floor(i / 3) + (i % 3) - 1],
      );
      return { coordinates: ndarray([pixels.length, 3], all) };
    },
    // Written once: an engine runs it, differentiates it and exports it to ONNX.
    forward(ops, parameters, inputs) {
      const dense = (x: typeof inputs.coordinates, layer: string) =>
        ops.add(ops.matMul(x, parameters[`${layer}.weight`], { transposeB: true }), parameters[`${layer}.bias`]);
      const sine = (x: typeof inputs.coordinates, layer: string) => ops.sin(ops.mul(dense(x, layer), omega));
      let h = sine(inputs.coordinates, 'input');
      for (let i = 0; i < blocks; i++) {
        const inner = sine(sine(h, `blocks.${i}.first`), `blocks.${i}.second`);
        h = ops.mul(ops.add(h, inner), 0.5);
      }
      // The network's own range is −1 to 1, the picture's 0 to 1.
      return { output: ops.add(ops.mul(dense(h, 'output'), 0.5), 0.5) };
    },
  };
}

/** A weight [out, in], drawn from U(−bound, bound), and a bias [out], as PyTorch draws it. */
function denseParameters(name: string, inputs: number, outputs: number, bound: number): ParameterSpec[] {
  return [
    { name: `${name}.weight`, shape: [outputs, inputs], init: { kind: 'uniform', bound }, trainable: true },
    {
      name: `${name}.bias`,
      shape: [outputs],
      init: { kind: 'uniform', bound: 1 / Math.sqrt(inputs) },
      trainable: true,
    },
  ];
}
