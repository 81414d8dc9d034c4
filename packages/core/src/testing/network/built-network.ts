import type { Arrays, Engine } from '../../engine.js';
import type { Inr, InrPlugin } from '../../inr.js';
import type { Frame } from '../../signal.js';
import type { UnderTest } from '../under-test.js';

/** A network that was built for a small signal, with weights as training begins with them, and what it is tried on. */
export interface BuiltNetwork {
  readonly tested: UnderTest<InrPlugin>;
  readonly inr: Inr;
  readonly weights: Arrays;
  readonly engines: readonly Engine[];
  readonly tolerance: InrTolerance;
  /** The signal's last frame: the one that has another before it, in a video. */
  readonly frame: number;
  readonly picture: Frame;
}

/** How large differences may be, as shares of the largest value that is compared. */
export interface InrTolerance {
  /** Σ_n c_{n→o}(p) against what the engine computed before the activation. */
  readonly completeness: number;
  /** What an engine computes in float32 against the definitions in float64. */
  readonly engines: number;
  /** Gradients against differences. */
  readonly gradients: number;
  /** Maps that the kernels compute against those of the tables in docs/networks.md, and sums of maps against sums in JavaScript. */
  readonly maps: number;
}

/** Pixels for what costs much a pixel, spread over the picture. */
const SOME_PIXELS = 61;

/** Pixels of a network of pixels, spread over the picture; `undefined` for one that draws whole frames. */
export function somePixels({ inr: { sampling, signal } }: BuiltNetwork): Uint32Array | undefined {
  if (sampling === 'frames') return undefined;
  const area = signal.height * signal.width;
  const count = Math.min(area, SOME_PIXELS);
  return Uint32Array.from({ length: count }, (_, i) => Math.floor((i * area) / count));
}
