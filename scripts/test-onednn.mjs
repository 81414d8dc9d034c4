import { Unavailable } from './cache.mjs';
import { systemOneDnn, wheelOneDnn } from './onednn.mjs';
import { runTests } from './run-tests.mjs';
import { anyFailed, finish } from './test-counts.mjs';
import { setUp } from './toolchain.mjs';

/* The tests of training by oneDNN, by that of this system and by version 3, where they can be had. */
const LIBRARIES = { "engine-ort, the system's": systemOneDnn, 'engine-ort, version 3': wheelOneDnn };

function count([name, find], place) {
  try {
    const env = { XINC_ONEDNN: find() };
    return {
      ...runTests('engine-ort', `onednn-${place}`, { env, files: ['test/onednn.test.ts', 'test/training.test.ts'] }),
      name,
    };
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return { name, passed: 0, failures: [], skipped: [`all of them: ${error.message}`] };
  }
}

setUp();
const counts = Object.entries(LIBRARIES).map(count);
finish('onednn', 'Training by oneDNN', counts);
process.exitCode = anyFailed(counts) ? 1 : 0;
