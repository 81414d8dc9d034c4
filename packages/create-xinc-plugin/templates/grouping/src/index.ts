import { grouping } from './grouping.js';

/** What XINC finds here: one plugin, or a list of them. */
export default grouping;
