import { Unavailable } from './cache.mjs';
import { nativeTensorflow } from './tensorflow.mjs';

/* TensorFlow's native library for the engine tfjs, where @tensorflow/tfjs-node could not download it. */
try {
  const folder = nativeTensorflow();
  console.log(`TensorFlow is in ${folder}`);
  console.log('The engine tfjs uses it where the environment variable XINC_TFJS_NODE names that folder.');
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  console.error(`TensorFlow cannot be built here: ${error.message}.`);
  process.exitCode = 1;
}
