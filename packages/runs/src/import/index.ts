export { type Choice, chooseNetwork, type DrawnNetwork } from './choose-network.js';
export { describedSignal } from './described-signal.js';
export { type Better, findBetter, type Tried } from './find-better.js';
export { findNetworks, type Wanted } from './find-networks.js';
export { ALIKE, rankOf } from './likeness.js';
export { modelOfFile, type ReadNetworkFile, readNetworkFile } from './network-file.js';
export { keyText } from './network-key.js';
export { type RecognisedNetwork, recogniseNetworks } from './recognise-network.js';
