import {
  type Arrays,
  deriveHooks,
  type Inr,
  type InrProgram,
  type NdArray,
  ndarray,
  type Ops,
  type Shape,
  type SignalShape,
  XincError,
} from '@xinc/core';
import type { OnnxConfig } from './config.js';
import { asFed, feed, framesOf } from './feed.js';
import { runGraph } from './run-graph.js';
import { asPicture, samplingOf } from './sampling.js';

/** Parameters that hold what the network is fed. */
const ARRAY = 'fed:';

/**
 * A network of a file, for one signal.
 * @throws XincError `unsupported` for what the file holds and is not read, `invalid-option` where it does not draw the signal
 */
export function buildOnnx(config: OnnxConfig, signal: SignalShape): Inr {
  const program = programOf(config, signal);
  const { layers, recorded, untraced } = deriveHooks(program, { name: layerName });
  if (layers.length === 0) {
    const [first] = untraced;
    throw new XincError('unsupported', 'No layer of the network can be traced', {
      hint: first ? `Of ${untraced.length}, '${first.id}': ${first.why}.` : 'It multiplies nothing with a weight.',
    });
  }
  return {
    ...program,
    layers,
    recorded,
    untraced,
    // It is imported as it was trained; training goes on as most networks do.
    training: {
      optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      learningRate: 1e-4,
      schedule: () => 1,
      steps: 1,
      batch: program.sampling === 'frames' ? 1 : 65_536,
    },
  };
}

/** Names that exporters make up say nothing of the layer. */
function layerName(weight: string | undefined, position: number) {
  const anonymous = weight === undefined || /^(onnx::.*|val_\d+|\d+|_to_copy.*|t(_\d+)?)$/.test(weight);
  return anonymous ? { id: `layer${position + 1}` } : { id: safeId(weight.replace(/[._]weight$/, '')) };
}

/** A name that can be a file's. */
function safeId(name: string): string {
  return name.replace(/[^\w.-]+/g, '_').replace(/^[.]+/, '') || 'layer';
}

function programOf(config: OnnxConfig, signal: SignalShape): InrProgram {
  const { network, range, at } = config;
  if (!network) {
    throw new XincError('invalid-option', "The model 'onnx' is a file's network, and no file was read", {
      subject: 'network',
      hint: 'Make a run of it with `importNetwork("network.onnx")` and a `signal`.',
    });
  }
  const { graph, weights, arrays } = network;
  const sampling = samplingOf(network, signal);
  const { taken, of } = framesOf(sampling.feeds, at, signal);
  const parameters = [
    ...Object.entries(weights).map(([name, shape]) => parameter(name, shape, true)),
    ...Object.entries(arrays).map(([name, shape]) => parameter(ARRAY + name, shape, false)),
  ];
  return {
    signal,
    sampling: sampling.kind,
    parameters,
    inputs: (frames, pixels, fixed) =>
      Object.fromEntries(
        Object.entries(sampling.feeds).map(([name, plan]) => {
          const each = frames.map((frame) =>
            feed(plan, fixed?.[ARRAY + name], { frame: taken[frame], of }, pixels, signal, config),
          );
          return [name, each.length === 1 ? each[0] : joined(each)];
        }),
      ),
    forward<T>(ops: Ops<T>, values: Readonly<Record<string, T>>, inputs: Readonly<Record<string, T>>) {
      const own = Object.fromEntries(Object.keys(weights).map((name) => [name, values[name]]));
      const fed = Object.fromEntries(
        Object.entries(sampling.feeds).map(([name, plan]) => [name, asFed(ops, inputs[name], plan)]),
      );
      const picture = asPicture(ops, runGraph(graph, ops, { ...own, ...fed }), sampling, signal);
      const [low, high] = range;
      const scaled = low === 0 && high === 1 ? picture : ops.div(ops.sub(picture, low), high - low);
      return { output: scaled };
    },
  };
}

const parameter = (name: string, shape: Shape, trainable: boolean) => ({
  name,
  shape,
  init: { kind: 'constant', value: 0 } as const,
  trainable,
});

/** Frames behind each other on the first axis. */
function joined(frames: readonly NdArray[]): NdArray {
  const [{ shape, data }] = frames;
  const values = new Float32Array(data.length * frames.length);
  for (const [i, frame] of frames.entries()) values.set(frame.data, i * data.length);
  return ndarray([shape[0] * frames.length, ...shape.slice(1)], values);
}

/** Values of the parameters that hold what the network is fed. */
export function arraysAsParameters(arrays: Arrays): Arrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [ARRAY + name, array]));
}
