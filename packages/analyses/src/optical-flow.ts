import type { Frame } from '@xinc/core';
import { greyOf } from './grey.js';
import { withoutNewEndings } from './process-listeners.js';

type OpenCv = typeof import('@techstark/opencv-js');

/**
 * Pixels reflected around the pictures: OpenCV takes its last row and column for a moving edge, which the smoothing
 * carries inward.
 */
const MARGIN = 32;

/** Magnitude of the optical flow from one frame to the next in pixels, [H·W]: Farnebäck's dense estimate (2003), by OpenCV. */
export async function flowMagnitude(from: Frame, to: Frame): Promise<Float32Array> {
  const cv = await loadOpenCv();
  const mats = [from, to].map((frame) => {
    const mat = new cv.Mat(frame.height, frame.width, cv.CV_8UC1);
    mat.data.set(greyOf(frame).map((value) => Math.round(255 * value)));
    cv.copyMakeBorder(mat, mat, MARGIN, MARGIN, MARGIN, MARGIN, cv.BORDER_REFLECT);
    return mat;
  });
  const flow = new cv.Mat();
  try {
    // Pyramid of 3 levels at half size each, windows of 15 pixels, 3 iterations, polynomials over 5 pixels of deviation 1.1.
    cv.calcOpticalFlowFarneback(mats[0], mats[1], flow, 0.5, 3, 15, 3, 5, 1.1, 0);
    const vectors = flow.data32F;
    return Float32Array.from({ length: from.height * from.width }, (_, p) => {
      const row = Math.floor(p / from.width) + MARGIN;
      const at = 2 * (row * (from.width + 2 * MARGIN) + (p % from.width) + MARGIN);
      return Math.hypot(vectors[at], vectors[at + 1]);
    });
  } finally {
    for (const mat of [...mats, flow]) mat.delete();
  }
}

let loading: Promise<OpenCv> | undefined;

/** OpenCV, once its WebAssembly runs. */
function loadOpenCv(): Promise<OpenCv> {
  loading ??= (async () => {
    const { default: loaded } = await withoutNewEndings(() => import('@techstark/opencv-js'));
    const cv = loaded as OpenCv & { then?: unknown };
    if (!cv.Mat) {
      await new Promise<void>((resolve) => {
        Object.assign(cv, { onRuntimeInitialized: resolve });
      });
    }
    // It is a module with a `then`: a promise that would wait for itself for ever.
    delete cv.then;
    return cv;
  })();
  return loading;
}
