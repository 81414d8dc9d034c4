import { decoder } from './decoder.js';
import { pixels } from './pixels.js';

export default [decoder, pixels];
