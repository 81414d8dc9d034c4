import { afterEach, expect, test, vi } from 'vitest';
import { startChromium } from './browser.js';

afterEach(() => vi.unstubAllEnvs());

test('where Chromium does not start, tests fail and say what is needed', async () => {
  vi.stubEnv('XINC_CHROMIUM', '/no/such/browser');
  await expect(startChromium()).rejects.toThrow(
    /^These tests need Chromium, and it does not start: .*XINC_CHROMIUM\.$/,
  );
});
