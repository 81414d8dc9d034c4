import { mergeConfig } from 'vitest/config';
import shared from '../../vitest.shared.js';

/** The tests of the templates are run as they are scaffolded. */
export default mergeConfig(shared, { test: { include: ['templates/*/test/**/*.test.ts'] } });
