import { mfn } from './mfn.js';
import { quietNeurons } from './quiet-neurons.js';
import { rings } from './rings.js';
import { sines } from './sines.js';

export default [rings, quietNeurons, sines, mfn];
