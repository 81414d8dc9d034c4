import { Unavailable } from './cache.mjs';
import { runTests } from './run-tests.mjs';
import { nativeTensorflow } from './tensorflow.mjs';
import { anyFailed, finish } from './test-counts.mjs';
import { setUp } from './toolchain.mjs';

/* The tests of the engine tfjs, a training and a trace, on TensorFlow's native library, where it can be built. */
const RUN = 'native';

function counts() {
  let folder;
  try {
    folder = nativeTensorflow();
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    const reason = `all of them, since TensorFlow cannot be built here: ${error.message}`;
    return [{ name: 'engine-tfjs', passed: 0, failures: [], skipped: [reason] }];
  }
  const env = { XINC_TFJS_NODE: folder };
  return [
    runTests('engine-tfjs', RUN, { env }),
    runTests('cli', RUN, { env, files: ['test/native-tensorflow.test.ts'] }),
  ];
}

setUp();
const made = counts();
finish(RUN, 'Tests on the native library of TensorFlow', made);
process.exitCode = anyFailed(made) ? 1 : 0;
