import type { Frame, Signal, SignalShape } from '../signal.js';

/** Extents with many divisors, so that networks which upsample by 2, 4 or 16 fit them. */
const HEIGHT = 16;
const WIDTH = 32;
const FRAMES = 3;

/** A picture of 16×32 pixels: a smooth ground, a bright disc with a sharp edge, fine stripes. */
export function smallPicture(): Signal {
  return drawnSignal({ kind: 'image', frames: 1, height: HEIGHT, width: WIDTH });
}

/** The same in 3 frames, in which the disc moves and the stripes stay. */
export function smallVideo(): Signal {
  return drawnSignal({ kind: 'video', frames: FRAMES, height: HEIGHT, width: WIDTH });
}

/** What is drawn in the small picture and video, in any number of frames of any size. */
export function drawnSignal(shape: SignalShape): Signal {
  return {
    shape,
    source: {
      path: 'drawn by @xinc/core/testing',
      sha256: '',
      originalHeight: shape.height,
      originalWidth: shape.width,
      notes: [],
    },
    frame: async (index) => drawFrame(shape, index),
  };
}

function drawFrame({ height, width, frames }: SignalShape, frame: number): Frame {
  const rgb = new Float32Array(height * width * 3);
  const moved = frames > 1 ? frame / (frames - 1) : 0.5;
  for (let p = 0; p < height * width; p++) {
    const y = (Math.floor(p / width) + 0.5) / height;
    const x = ((p % width) + 0.5) / width;
    const inDisc = Math.hypot(y - 0.4, x - (0.3 + 0.4 * moved)) < 0.2;
    const stripe = y > 0.7 ? 0.2 * Math.sin(2 * Math.PI * 6 * x) : 0;
    rgb[3 * p] = inDisc ? 0.9 : 0.3 + 0.3 * y + stripe;
    rgb[3 * p + 1] = inDisc ? 0.7 : 0.2 + 0.4 * x + stripe;
    rgb[3 * p + 2] = inDisc ? 0.2 : 0.6 - 0.3 * x * y + stripe;
  }
  return { height, width, rgb };
}
