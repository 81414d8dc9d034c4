import type { Arrays } from '../engine.js';
import type { Inr } from '../inr.js';
import { ndarray } from '../ndarray.js';
import { permutation, randomStream } from '../random.js';
import type { Signal } from '../signal.js';

/** What the loss compares the output with, beside the network's inputs. */
export const TARGET = 'target';

/** The batches of training: which part of the signal each step sees is a function of seed and step alone. */
export interface Batches {
  /** Every step sees the same batch: all of the signal. */
  readonly constant: boolean;
  /** Pixels or frames of a batch. */
  readonly size: number;
  batch(step: number): Promise<Arrays>;
}

export function createBatches(inr: Inr, signal: Signal, size: number, seed: number): Batches {
  return inr.sampling === 'pixels' ? pixelBatches(inr, signal, size, seed) : frameBatches(inr, signal, size, seed);
}

/** Pixels of one frame a step: of a video, each frame once in an epoch. */
function pixelBatches(inr: Inr, signal: Signal, wanted: number, seed: number): Batches {
  const pixels = inr.signal.height * inr.signal.width;
  const size = Math.min(wanted, pixels);
  const whole = size === pixels;
  const frameAt = frameOrder(inr.signal.frames, seed);
  return {
    constant: whole && inr.signal.frames === 1,
    size,
    async batch(step) {
      const frame = frameAt(step);
      const stream = randomStream(seed, `pixels of step ${step}`);
      const chosen = Uint32Array.from({ length: size }, (_, i) => (whole ? i : stream.integer(pixels)));
      const { rgb } = await signal.frame(frame);
      const target = new Float32Array(3 * size);
      for (let i = 0; i < size; i++) {
        for (let channel = 0; channel < 3; channel++) target[3 * i + channel] = rgb[3 * chosen[i] + channel];
      }
      return { ...inr.inputs([frame], chosen), [TARGET]: ndarray([size, 3], target) };
    },
  };
}

function frameBatches(inr: Inr, signal: Signal, wanted: number, seed: number): Batches {
  const { frames, height, width } = inr.signal;
  const pixels = height * width;
  const size = Math.min(wanted, frames);
  const constant = size === frames;
  const frameAt = frameOrder(frames, seed);
  return {
    constant,
    size,
    async batch(step) {
      const chosen = Array.from({ length: size }, (_, i) => (constant ? i : frameAt(step * size + i)));
      const target = new Float32Array(size * 3 * pixels);
      for (const [i, frame] of chosen.entries()) {
        const { rgb } = await signal.frame(frame);
        for (let channel = 0; channel < 3; channel++) {
          const plane = (3 * i + channel) * pixels;
          for (let p = 0; p < pixels; p++) target[plane + p] = rgb[3 * p + channel];
        }
      }
      return { ...inr.inputs(chosen), [TARGET]: ndarray([size, 3, height, width], target) };
    },
  };
}

/** Frame at a place in the endless row of epochs, each a permutation of all frames. */
function frameOrder(frames: number, seed: number): (place: number) => number {
  let shuffled: { epoch: number; order: Uint32Array } = { epoch: -1, order: new Uint32Array() };
  return (place) => {
    const epoch = Math.floor(place / frames);
    if (shuffled.epoch !== epoch)
      shuffled = { epoch, order: permutation(frames, randomStream(seed, `frames of epoch ${epoch}`)) };
    return shuffled.order[place % frames];
  };
}
