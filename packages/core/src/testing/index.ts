/* For the tests of plugins: `@xinc/core/testing`. */
export { checkPlugins } from '../plugin.js';
