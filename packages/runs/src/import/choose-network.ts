import { type Arrays, type Engine, isXincError, type Signal } from '@xinc/core';
import { encodeSignal } from './encode-signal.js';
import { likeness, rankOf, spreadFrames } from './likeness.js';
import type { RecognisedNetwork } from './recognise-network.js';

/** One of the networks of a file, and how well it draws the signal. */
export interface DrawnNetwork {
  readonly network: RecognisedNetwork;
  readonly weights: Arrays;
  /** dB; `undefined` for the only network of a file, which is not compared with any. */
  readonly psnr?: number;
  /** Key of the network before it that has the same weights. */
  readonly sameAs?: string;
}

/** What of several networks cannot be drawn. */
interface BrokenNetwork {
  readonly network: RecognisedNetwork;
  readonly problem: string;
}

export interface Choice {
  /** The one that draws the signal best; of several that do so equally well, the first. */
  readonly taken: DrawnNetwork;
  /** All of them, in the order of the file. */
  readonly all: readonly (DrawnNetwork | BrokenNetwork)[];
  /** How many frames they were compared on. */
  readonly frames: number;
}

/** Frames of a video that several networks are compared on. */
const COMPARED_FRAMES = 8;

/**
 * Draws the signal with every network, and takes the one that does it best.
 * @throws XincError as `RecognisedNetwork.weights`, where none can be read
 */
export async function chooseNetwork(
  networks: readonly RecognisedNetwork[],
  signal: Signal,
  engine: Engine,
  abort: AbortSignal | undefined,
): Promise<Choice> {
  const frames = spreadFrames(signal.shape.frames, COMPARED_FRAMES);
  if (networks.length === 1) {
    const taken = { network: networks[0], weights: await weightsOf(networks[0], signal, engine, abort) };
    return { taken, all: [taken], frames: frames.length };
  }
  const drawn: DrawnNetwork[] = [];
  const broken = new Map<RecognisedNetwork, unknown>();
  for (const network of networks) {
    let weights: Arrays;
    try {
      weights = await weightsOf(network, signal, engine, abort);
    } catch (error) {
      if (!isXincError(error) || isXincError(error, 'cancelled')) throw error;
      broken.set(network, error);
      continue;
    }
    const same = drawn.find((other) => sameWeights(other.weights, weights));
    const psnr = same?.psnr ?? (await likeness(network.inr, weights, signal, frames, engine, abort));
    drawn.push({ network, weights, psnr, ...(same && { sameAs: same.network.key }) });
  }
  if (drawn.length === 0) throw [...broken.values()][0];
  return {
    taken: drawn.reduce((best, other) => (rankOf(other.psnr!) > rankOf(best.psnr!) ? other : best)),
    all: networks.map(
      (network) =>
        drawn.find((other) => other.network === network) ?? {
          network,
          problem: (broken.get(network) as Error).message,
        },
    ),
    frames: frames.length,
  };
}

/** The weights of a network, with those that an encoder beside it computes from the signal. */
async function weightsOf(
  { inr, weights, encoding }: RecognisedNetwork,
  signal: Signal,
  engine: Engine,
  abort: AbortSignal | undefined,
): Promise<Arrays> {
  const own = weights();
  return encoding ? { ...own, ...(await encodeSignal(inr, encoding, signal, engine, abort)) } : own;
}

function sameWeights(a: Arrays, b: Arrays): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => {
      const [one, other] = [a[name].data, b[name]?.data];
      return other?.length === one.length && one.every((value, i) => value === other[i]);
    })
  );
}
