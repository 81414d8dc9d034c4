import { createRequire } from 'node:module';
import os from 'node:os';
import nodeUtil from 'node:util';
import { type Convolve, forwardOnlyConvolution, libraryConvolution } from './convolution.js';
import { loadNative, NATIVE_PACKAGE, type Surroundings } from './native.js';
import type { TensorFlow } from './tensorflow.js';

/** TensorFlow.js, loaded, on one of its backends. */
export interface Runtime {
  readonly tf: TensorFlow;
  /** The form of convolution that this backend is fast at. */
  readonly convolve: Convolve;
  /** `Engine.description`. */
  readonly description: string;
}

const PROCESS: Surroundings = {
  load: createRequire(import.meta.url),
  util: nodeUtil,
  env: process.env,
  nodeMajor: Number.parseInt(process.versions.node, 10),
};

/**
 * The native library where it loads, else plain JavaScript. Both are one instance per process, which every engine
 * shares: the first engine's `threads` holds for all.
 */
export async function loadRuntime(threads?: number, surroundings: Surroundings = PROCESS): Promise<Runtime> {
  const native = loadNative(surroundings, threads);
  if (native.tf) {
    const count = surroundings.env.TF_NUM_INTRAOP_THREADS ?? os.availableParallelism();
    return {
      tf: native.tf,
      convolve: libraryConvolution(native.tf),
      description: `TensorFlow.js ${native.tf.version.tfjs}, native CPU library of ${NATIVE_PACKAGE} ${native.version}, ${count} threads`,
    };
  }
  const tf = surroundings.load('@tensorflow/tfjs') as TensorFlow;
  // The library's own switch for its advice to install the native package, which the description gives already.
  tf.enableProdMode();
  await tf.setBackend('cpu');
  return {
    tf,
    convolve: forwardOnlyConvolution(tf),
    description: `TensorFlow.js ${tf.version.tfjs}, plain JavaScript CPU backend, 1 thread (slow: the native library's package ${NATIVE_PACKAGE} ${native.reason})`,
  };
}
