import gauss from './gauss.js';
import pemlp from './pemlp.js';
import { finer, siren } from './sine.js';
import wire from './wire.js';

/** Networks of pixel coordinates, by name: `siren`, `finer`, `gauss`, `wire`, `pemlp`. */
export default [siren, finer, gauss, wire, pemlp];
