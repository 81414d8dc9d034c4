export { makeFolder, removeUnfinished, writeFileAtomic } from './atomic-file.js';
export { type DiscoverOptions, discoverPlugins } from './discover.js';
export { RUN_SCHEMA, type RunManifest } from './run/manifest.js';
export { Run, TRAINING_STATE, type TrainingLogEntry, WEIGHTS } from './run/run.js';
export { createWorkerPool } from './worker-pool.js';
