import { edgeStrength } from './edge-strength.js';
import { dominantFrequency } from './frequency/dominant-frequency.js';
import { slic } from './slic.js';

export default [slic, edgeStrength, dominantFrequency];
