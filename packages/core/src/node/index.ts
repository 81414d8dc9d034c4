/* What needs Node: plugins found and guarded, files written whole or not at all, worker threads: `@xinc/core/node`. */
export { abandonCalls } from '../doors/call.js';
export { strayFault } from '../doors/stray.js';
export { type FileUse, ioError } from '../io-error.js';
export type { PluginOrigin } from '../plugin-origin.js';
export {
  type BrokenPlugin,
  type RegisteredPlugin,
  Registry,
  type UntrustedPlugins,
} from '../registry.js';
export {
  isLeftover,
  makeFolder,
  removeLeftovers,
  removeUnfinished,
  temporaryFolder,
  temporaryName,
  writeFileAtomic,
} from './atomic-file.js';
export { type DiscoverOptions, discoverPlugins } from './plugins/discover.js';
export { Trust, trustFile } from './plugins/trust.js';
export { isAlive } from './process.js';
export { settingsFile } from './settings-file.js';
export { createWorkerPool } from './worker-pool.js';
