export type { Checkpoint, CheckpointFormat, CheckpointTensor, MetadataValue } from './checkpoint.js';
export { matchParameters, requireTensors } from './match/match-parameters.js';
export { tensorList } from './match/mismatch-table.js';
export { possibleShapes, tensorShapes } from './match/tensor-shapes.js';
export { type EncodeNpzOptions, encodeNpz } from './numpy/encode-npz.js';
export { printable } from './printable.js';
export { decodeCheckpoint, type ReadCheckpointOptions, readCheckpoint } from './read-checkpoint.js';
export { checkpointFiles } from './read-distributed-folder.js';
