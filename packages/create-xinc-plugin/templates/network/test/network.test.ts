import { checkPlugins } from '@xinc/core/testing';
import { expect, test } from 'vitest';
import plugin from '../src/index.js';

test('is a plugin as XINC takes it', () => {
  expect(checkPlugins(plugin, 'this package')).toHaveLength(1);
});
