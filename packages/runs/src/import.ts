export { type Choice, chooseNetwork, type DrawnNetwork } from './import/choose-network.js';
export { describedSignal } from './import/described-signal.js';
export { type Better, findBetter, type Tried } from './import/find-better.js';
export { findNetworks, type Wanted } from './import/find-networks.js';
export { ALIKE, rankOf } from './import/likeness.js';
export { modelOfFile, type ReadNetworkFile, readNetworkFile } from './import/network-file.js';
export { keyText } from './import/network-key.js';
export { leavesWeights, type OtherModel, otherModels } from './import/other-models.js';
export { type RecognisedNetwork, recogniseNetworks } from './import/recognise-network.js';
