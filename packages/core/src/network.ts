import { shapesOf } from './arrays.js';
import { runForward } from './derive/program.js';
import type { Arrays, Engine, Executable, Program } from './engine.js';
import { XincError } from './errors.js';
import type { Inr } from './inr.js';
import { formatShape, type NdArray, sameShape } from './ndarray.js';
import { pixelsAtOnce } from './pixels-at-once.js';
import type { Frame } from './signal.js';

/** What `Network.evaluate` calls the reconstruction; other names are those of the network's activations. */
export const OUTPUT = 'output';

/** A network with its weights, on an engine. */
export interface Network {
  readonly inr: Inr;
  readonly parameters: Arrays;
  /**
   * The reconstruction and activations of one frame. With `sampling: 'pixels'`, of those pixels: [P, …]; else of the whole
   * frame: [1, …].
   * @param outputs `OUTPUT` and names of activations
   * @param parameters in place of the network's own
   */
  evaluate(
    frame: number,
    outputs: readonly string[],
    pixels?: Uint32Array,
    parameters?: Arrays,
  ): Promise<Record<string, NdArray>>;
  /** The picture of a frame, not clamped. */
  reconstruct(frame: number, parameters?: Arrays): Promise<Frame>;
  dispose(): Promise<void>;
}

/** Executables of pieces of pixels that keep their memory, at most: each some ten megabytes. */
const MOST_KEPT = 4;

export interface NetworkOptions {
  /**
   * Whether what the engine takes for a frame is kept for the next one: faster where many are drawn one after the other. With `sampling: 'pixels'`
   * what it takes for a piece of some thousand pixels is kept anyway, of the first four sets of outputs that are asked for.
   */
  readonly keepMemory?: boolean;
}

export function createNetwork(
  inr: Inr,
  parameters: Arrays,
  engine: Engine,
  { keepMemory = false }: NetworkOptions = {},
): Network {
  const pixelCount = inr.signal.height * inr.signal.width;
  const atOnce = pixelsAtOnce(inr);
  const compiled = new Map<string, Promise<Executable>>();
  const executable = (outputs: readonly string[]): Promise<Executable> => {
    const key = outputs.join('\n');
    const present = compiled.get(key);
    if (present) return present;
    const inputs = inputsOf(inr, 0, new Uint32Array(atOnce), parameters);
    const made = engine.compile(evaluationProgram(inr), shapesOf({ ...parameters, ...inputs }), {
      outputs,
      keepMemory: keepMemory || (inr.sampling === 'pixels' && compiled.size < MOST_KEPT),
    });
    compiled.set(key, made);
    return made;
  };

  async function evaluateChunk(frame: number, outputs: readonly string[], pixels: Uint32Array, weights: Arrays) {
    // The program's shapes are fixed: a chunk that is not full repeats pixel 0, and the surplus is cut off.
    const padded = new Uint32Array(atOnce);
    padded.set(pixels);
    const results = await (await executable(outputs)).run({ ...weights, ...inputsOf(inr, frame, padded, weights) });
    if (inr.sampling === 'frames' || pixels.length === atOnce) return results;
    return Object.fromEntries(
      Object.entries(results).map(([name, { shape, data }]) => [
        name,
        !perPixel(inr, name)
          ? { shape, data }
          : { shape: [pixels.length, shape[1]], data: data.subarray(0, pixels.length * shape[1]) },
      ]),
    );
  }

  const network: Network = {
    inr,
    parameters,
    async evaluate(frame, outputs, pixels, weights = parameters) {
      const sorted = [...new Set(outputs)].sort();
      if (inr.sampling === 'frames') return evaluateChunk(frame, sorted, new Uint32Array(), weights);
      const wanted = pixels ?? Uint32Array.from({ length: pixelCount }, (_, p) => p);
      if (wanted.length <= atOnce) return evaluateChunk(frame, sorted, wanted, weights);
      const joined: Record<string, NdArray> = {};
      for (let start = 0; start < wanted.length; start += atOnce) {
        const chunk = await evaluateChunk(frame, sorted, wanted.subarray(start, start + atOnce), weights);
        for (const [name, { shape, data }] of Object.entries(chunk)) {
          if (!perPixel(inr, name)) {
            joined[name] = { shape, data };
            continue;
          }
          joined[name] ??= { shape: [wanted.length, shape[1]], data: new Float32Array(wanted.length * shape[1]) };
          joined[name].data.set(data, start * shape[1]);
        }
      }
      return joined;
    },
    async reconstruct(frame, weights) {
      const { output } = await network.evaluate(frame, [OUTPUT], undefined, weights);
      return pictureOf(inr, output);
    },
    async dispose() {
      for (const made of compiled.values()) await (await made).dispose();
      compiled.clear();
    },
  };
  return network;
}

/**
 * Weights that were read from a file, if they are all that the network has, in its shapes.
 * @param file where they come from, for messages
 * @throws XincError `invalid-file`
 */
export function checkParameters(inr: Inr, parameters: Arrays, file: string): Arrays {
  for (const { name, shape } of inr.parameters) {
    const found = parameters[name];
    if (found && sameShape(found.shape, shape)) continue;
    const what = found ? `is ${formatShape(found.shape)}, not ${formatShape(shape)}` : 'is missing';
    throw new XincError('invalid-file', `${file} does not fit the network: '${name}' ${what}`, {
      subject: file,
      hint: 'It is of another network; put the file back that belongs to the run, or make the run anew.',
    });
  }
  return parameters;
}

/** The picture of a frame from its `OUTPUT`, not clamped. */
export function pictureOf({ sampling, signal: { height, width } }: Inr, { data }: NdArray): Frame {
  return { height, width, rgb: sampling === 'frames' ? interleaveChannels(data, height * width) : data };
}

/** Clamped to [0, 1], as pictures are shown and measured; NaN stays NaN. */
export function clampFrame({ height, width, rgb }: Frame): Frame {
  return { height, width, rgb: rgb.map((value) => Math.min(Math.max(value, 0), 1)) };
}

/** [3, H·W] → [H·W, 3] */
function interleaveChannels(planes: Float32Array, pixels: number): Float32Array {
  const rgb = new Float32Array(3 * pixels);
  for (let channel = 0; channel < 3; channel++) {
    for (let p = 0; p < pixels; p++) rgb[3 * p + channel] = planes[channel * pixels + p];
  }
  return rgb;
}

/** Parameters and inputs by name → output and activations. */
export function evaluationProgram(inr: Inr): Program {
  return (ops, values) => {
    const { output, activations } = runForward(inr, ops, values, values);
    return { ...activations, [OUTPUT]: output };
  };
}

/** Whether an activation has a row for each pixel: what is made of parameters alone has not. */
function perPixel({ sampling, recorded }: Inr, name: string): boolean {
  const place = recorded?.[name];
  return sampling === 'pixels' && (!place || 'input' in place || place.perPixel);
}

function inputsOf(inr: Inr, frame: number, pixels: Uint32Array, parameters: Arrays): Arrays {
  return inr.inputs([frame], inr.sampling === 'frames' ? undefined : pixels, parameters);
}
