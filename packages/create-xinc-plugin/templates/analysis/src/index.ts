import { analysis } from './analysis.js';

/** What XINC finds here: one plugin, or a list of them. */
export default analysis;
