import type { Arrays, Engine } from '../engine.js';
import type { Inr } from '../inr.js';
import { createNetwork } from '../network.js';
import { meanPsnr } from '../psnr.js';
import type { Signal } from '../signal.js';
import { measureFrames } from './measure-frames.js';

/** Checks of a training at most, evenly over its planned steps. */
const CHECKS = 200;
/** A check is left out where the step's own batch is so many dB worse than what is wanted: the signal will hardly be better. */
const FAR = 3;

/** Whether a network that is being trained draws its signal well enough. */
export interface PsnrCheck {
  /**
   * Whether the PSNR of the whole signal is looked at after a step.
   * @param step the number of the step, from 1
   * @param batchPsnr PSNR of its batch, dB
   */
  isDue(step: number, batchPsnr: number): boolean;
  /** @param parameters all of them, trained and fixed */
  isReached(parameters: Arrays): Promise<boolean>;
  dispose(): Promise<void>;
}

/**
 * Looks whether the PSNR of a signal (`meanPsnr` of its frames, drawn and clamped) has reached `wanted`, at most 200 times in `steps` steps. When it looks
 * follows from the step and its batch alone, so that a training that was interrupted looks at the same steps.
 * @param parameters the shapes of all that the network has
 */
export function createPsnrCheck(
  { inr, signal, engine }: { readonly inr: Inr; readonly signal: Signal; readonly engine: Engine },
  wanted: number,
  steps: number,
  parameters: Arrays,
): PsnrCheck {
  const every = Math.max(1, Math.ceil(steps / CHECKS));
  // Not in memory that is kept: the training's is beside it.
  const network = createNetwork(inr, parameters, engine);
  return {
    isDue: (step, batchPsnr) => step % every === 0 && batchPsnr >= wanted - FAR,
    async isReached(weights) {
      const framePsnr: number[] = [];
      for await (const { psnr } of measureFrames(network, signal, weights)) framePsnr.push(psnr);
      return meanPsnr(framePsnr) >= wanted;
    },
    dispose: () => network.dispose(),
  };
}
