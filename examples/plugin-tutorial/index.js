import { mfn } from './mfn.js';
import { quietNeurons } from './quiet-neurons.js';
import { rings } from './rings.js';
import { siren } from './siren.js';

export default [rings, quietNeurons, siren, mfn];
