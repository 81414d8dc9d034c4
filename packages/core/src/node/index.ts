export { makeFolder, writeFileAtomic } from './atomic-file.js';
export { type DiscoverOptions, discoverPlugins } from './plugins/discover.js';
export { Trust, trustFile } from './plugins/trust.js';
export { RUN_SCHEMA, type RunManifest } from './run/manifest.js';
export { Run, TRAINING_STATE, type TrainingLogEntry, WEIGHTS } from './run/run.js';
export { createWorkerPool } from './worker-pool.js';
