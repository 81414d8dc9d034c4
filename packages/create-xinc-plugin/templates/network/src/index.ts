import { network } from './network.js';

/** What XINC finds here: one plugin, or a list of them. */
export default network;
