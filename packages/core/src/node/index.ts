/* What needs Node: plugins found and guarded, run folders, worker threads: `@xinc/core/node`. */
export { abandonCalls } from '../doors/call.js';
export { strayFault } from '../doors/stray.js';
export { type FileAccess, ioError, ioReason } from '../io-error.js';
export {
  type BrokenPlugin,
  type PluginOrigin,
  type RegisteredPlugin,
  Registry,
  type UntrustedPlugins,
} from '../registry.js';
export { makeFolder, removeUnfinished, writeFileAtomic } from './atomic-file.js';
export { type DiscoverOptions, discoverPlugins } from './plugins/discover.js';
export { Trust, trustFile } from './plugins/trust.js';
export { frameName, labelledFrame, RUN_FILES } from './run/files.js';
export { type OpenFile, RunFolder } from './run/folder.js';
export { type Lock, type LockHolder, lockHolder, takeLock } from './run/lock.js';
export { RUN_SCHEMA, type RunManifest } from './run/manifest.js';
export { Run, type TrainingLogEntry } from './run/run.js';
export { listOf, parseStoredJson } from './run/stored-json.js';
export { createWorkerPool } from './worker-pool.js';
