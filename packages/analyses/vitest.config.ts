import { mergeConfig } from 'vitest/config';
import shared from '../../vitest.shared.js';

/**
 * OpenCV's CommonJS export is a thenable that resolves with itself. Copied onto the module's namespace, as Vitest does
 * with CommonJS exports and Node does not, it would make its import wait for ever.
 */
export default mergeConfig(shared, { test: { deps: { interopDefault: false } } });
