import { expect, test } from 'vitest';
import { pluginSettings } from './load-plugin-panel.js';

test("a plugin's settings are parts of the page's address under its package's name", () => {
  expect(pluginSettings('some-plugin', undefined)).toEqual({});
  const { columns } = pluginSettings('some-plugin', { columns: '3' });
  expect([columns.key, columns.initial]).toEqual(['plugin:some-plugin:columns', '3']);
});

test.each([
  [{ 'a b': '3' }, "setting 'a b'"],
  [{ columns: 3 }, "setting 'columns'"],
  [{ columns: '' }, "setting 'columns'"],
  [{ columns: 'x'.repeat(201) }, "setting 'columns'"],
  ['columns', "'settings' is no object of texts"],
  [null, "'settings' is no object of texts"],
])('%j fits no address', (settings, message) => {
  expect(() => pluginSettings('some-plugin', settings)).toThrow(`The panel of some-plugin: ${message}`);
});
