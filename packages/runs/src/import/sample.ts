import {
  type Arrays,
  type Engine,
  type Executable,
  type Inr,
  type NdArray,
  psnrOfError,
  type Shape,
  type Signal,
  shapesOf,
} from '@xinc/core';
import { createOps } from '@xinc/core/graph';
import { evaluationProgram, OUTPUT } from '@xinc/core/trace';
import { spreadFrames } from './likeness.js';

/** Pixels of an image that are drawn: enough that 1 dB shows. */
const PIXELS = 256;
/** Frames of a video. */
const FRAMES = 2;
/** Programs kept compiled: those of pixels are small, those of whole frames are not. */
const KEPT = { pixels: 64, frames: 2 };

/** A part of a signal that is drawn with one network's weights in many variants of its forward pass. */
export class Sample {
  /** By the program's text, the one that was used last at the end. */
  readonly #compiled = new Map<string, Executable>();

  private constructor(
    private readonly weights: Arrays,
    private readonly engine: Engine,
    private readonly parts: readonly Part[],
    private readonly kept: number,
  ) {}

  static async of(signal: Signal, inr: Inr, weights: Arrays, engine: Engine): Promise<Sample> {
    const { frames, height, width } = signal.shape;
    const area = height * width;
    if (inr.sampling === 'pixels') {
      const pixels = scattered(Math.min(PIXELS, area), area);
      const { rgb } = await signal.frame(0);
      const expected = Float32Array.from(
        { length: 3 * pixels.length },
        (_, i) => rgb[3 * pixels[Math.floor(i / 3)] + (i % 3)],
      );
      return new Sample(weights, engine, [{ frame: 0, pixels, expected }], KEPT.pixels);
    }
    const parts: Part[] = [];
    for (const frame of spreadFrames(frames, FRAMES)) {
      const { rgb } = await signal.frame(frame);
      // As the network gives it: [3, H, W].
      const expected = Float32Array.from({ length: 3 * area }, (_, i) => rgb[3 * (i % area) + Math.floor(i / area)]);
      parts.push({ frame, expected });
    }
    return new Sample(weights, engine, parts, KEPT.frames);
  }

  /** PSNR of a network with these weights on the sample, dB. */
  async psnr(inr: Inr): Promise<number> {
    let [sum, count] = [0, 0];
    for (const { frame, pixels, expected } of this.parts) {
      const values = { ...this.weights, ...inr.inputs([frame], pixels, this.weights) };
      const { data } = (await (await this.#executable(inr, values)).run(values))[OUTPUT];
      for (let i = 0; i < expected.length; i++) sum += (Math.min(Math.max(data[i], 0), 1) - expected[i]) ** 2;
      count += expected.length;
    }
    return psnrOfError(sum / count);
  }

  async dispose(): Promise<void> {
    for (const executable of this.#compiled.values()) await executable.dispose();
    this.#compiled.clear();
  }

  async #executable(inr: Inr, values: Arrays): Promise<Executable> {
    const text = programText(inr, values);
    const present = this.#compiled.get(text);
    this.#compiled.delete(text);
    const executable =
      present ?? (await this.engine.compile(evaluationProgram(inr), shapesOf(values), { outputs: [OUTPUT] }));
    this.#compiled.set(text, executable);
    for (const [oldest, unused] of this.#compiled) {
      if (this.#compiled.size <= this.kept) break;
      this.#compiled.delete(oldest);
      await unused.dispose();
    }
    return executable;
  }
}

interface Part {
  readonly frame: number;
  readonly pixels?: Uint32Array;
  readonly expected: Float32Array;
}

/** Pixels all over the picture, which no rows or columns share: multiples of the golden ratio. */
function scattered(count: number, area: number): Uint32Array {
  if (count === area) return Uint32Array.from({ length: area }, (_, p) => p);
  return Uint32Array.from({ length: count }, (_, i) => Math.floor(((((i + 0.5) * (Math.sqrt(5) - 1)) / 2) % 1) * area));
}

/** A forward pass written down: two with the same text compute the same, whatever made them. */
function programText(inr: Inr, values: Arrays): string {
  interface Node {
    readonly name: string;
    readonly shape: Shape;
  }
  const lines: string[] = [];
  const node = (text: string, shape: Shape): Node => {
    lines.push(text);
    return { name: `%${lines.length}`, shape };
  };
  const ops = createOps<Node>({
    constant: ({ data, shape }: NdArray) => node(`constant ${data.join()}`, shape),
    shapeOf: ({ shape }) => shape,
    apply: (op, inputs, attributes, shape) =>
      node(`${op} ${JSON.stringify(attributes)} ${inputs.map(({ name }) => name).join()}`, shape),
  });
  const given = Object.entries(values).map(([name, { shape }]): [string, Node] => [name, { name, shape }]);
  const { output } = inr.forward(ops, Object.fromEntries(given), Object.fromEntries(given));
  return `${lines.join('\n')}\n${output.name}`;
}
