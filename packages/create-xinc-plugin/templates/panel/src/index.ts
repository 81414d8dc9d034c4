import { strongest } from './strongest.js';

/** What XINC finds here: one plugin, or a list of them. The panel beside it is named in package.json alone. */
export default strongest;
