import { Unavailable } from './cache.mjs';
import { pythonWithPackages } from './python.mjs';

/* The path of a Python that runs what docs/interoperability.md shows, for XINC_PYTHON; nothing where there is none. */
try {
  console.log(pythonWithPackages());
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  console.error(`The Python of docs/interoperability.md is not set up here: ${error.message}.`);
}
