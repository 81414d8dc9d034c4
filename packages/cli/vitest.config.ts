import { fileURLToPath } from 'node:url';
import { defineConfig, mergeConfig } from 'vitest/config';
import shared from '../../vitest.shared.js';

// Commands that tests run keep their settings apart from the user's own.
const settings = fileURLToPath(new URL('./test-results/settings', import.meta.url));
export default mergeConfig(shared, defineConfig({ test: { env: { XINC_CONFIG: settings } } }));
