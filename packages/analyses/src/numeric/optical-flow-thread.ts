import { createRequire } from 'node:module';

/** Two pictures of grey levels 0 … 255, [H·W] each. */
export interface FlowRequest {
  readonly height: number;
  readonly width: number;
  readonly pictures: readonly [Uint8Array, Uint8Array];
}

type OpenCv = typeof import('@techstark/opencv-js');

/**
 * Pixels reflected around the pictures: OpenCV takes its last row and column for a moving edge, which the smoothing
 * carries inward.
 */
const MARGIN = 32;

// Required, since its 11 MB of CommonJS would be searched for names before they are imported.
const loaded: unknown = createRequire(import.meta.url)('@techstark/opencv-js');
const ready = start();

/** The magnitude of the flow, [H·W], estimated in the thread that this module is loaded in. */
export default async function estimate(request: FlowRequest): Promise<Float32Array> {
  return flowMagnitude(await ready, request);
}

/** OpenCV, once its WebAssembly runs. */
async function start(): Promise<OpenCv> {
  const cv = loaded as OpenCv & { then?: unknown };
  if (!cv.Mat) {
    await new Promise<void>((resolve) => {
      Object.assign(cv, { onRuntimeInitialized: resolve });
    });
  }
  // The module has a `then`, so that a promise of it would wait for itself and never settle.
  delete cv.then;
  return cv;
}

function flowMagnitude(cv: OpenCv, { height, width, pictures }: FlowRequest): Float32Array {
  const mats = pictures.map((levels) => {
    const mat = new cv.Mat(height, width, cv.CV_8UC1);
    mat.data.set(levels);
    cv.copyMakeBorder(mat, mat, MARGIN, MARGIN, MARGIN, MARGIN, cv.BORDER_REFLECT);
    return mat;
  });
  const flow = new cv.Mat();
  try {
    // Pyramid of 3 levels at half size each, windows of 15 pixels, 3 iterations, polynomials over 5 pixels of deviation 1.1.
    cv.calcOpticalFlowFarneback(mats[0], mats[1], flow, 0.5, 3, 15, 3, 5, 1.1, 0);
    const vectors = flow.data32F;
    return Float32Array.from({ length: height * width }, (_, p) => {
      const row = Math.floor(p / width) + MARGIN;
      const at = 2 * (row * (width + 2 * MARGIN) + (p % width) + MARGIN);
      return Math.hypot(vectors[at], vectors[at + 1]);
    });
  } finally {
    for (const mat of [...mats, flow]) mat.delete();
  }
}
