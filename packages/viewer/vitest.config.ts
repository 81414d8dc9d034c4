import { defineConfig, mergeConfig } from 'vitest/config';
import shared from '../../vitest.shared.js';

export default mergeConfig(
  shared,
  defineConfig({
    test: {
      globalSetup: './test/browser/unpack-chromium.ts',
      // A browser on a busy machine may be late; scripts/test-counts.mjs tells of every test that passed at the second try.
      retry: process.env.CI ? 1 : 0,
    },
  }),
);
