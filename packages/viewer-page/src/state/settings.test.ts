import { expect, test } from 'vitest';
import { choice, count, name } from './setting.js';
import { Settings } from './settings.svelte.js';

const PAGE = { frame: count('frame', 0), theme: choice('theme', ['light', 'dark'], 'light') };
const PANEL = { sort: choice('sort', ['size', 'name'], 'size') };
const plugin = (key: string) => ({ columns: name(`plugin:some-plugin:${key}`, '3') });

test('settings begin with what the address says, and write what differs from the beginning', () => {
  const settings = new Settings('#frame=4&sort=name', [PAGE, PANEL]);
  const [page, panel] = [settings.of(PAGE), settings.of(PANEL)];
  expect([page.frame, page.theme, panel.sort]).toEqual([4, 'light', 'name']);
  page.theme = 'dark';
  panel.sort = 'size';
  expect(settings.write()).toBe('frame=4&theme=dark');
});

test('another address replaces all of them', () => {
  const settings = new Settings('frame=4&sort=name', [PAGE, PANEL]);
  const [page, panel] = [settings.of(PAGE), settings.of(PANEL)];
  settings.read('#theme=dark&sort=colour');
  expect([page.frame, page.theme, panel.sort]).toEqual([0, 'dark', 'size']);
});

test('what nobody asks for goes from the address, but for settings of plugins, which come later', () => {
  const settings = new Settings('frame=4&unknown=1&plugin:some-plugin:columns=5', [PAGE]);
  expect(settings.write()).toBe('frame=4&plugin:some-plugin:columns=5');
  const group = plugin('columns');
  expect(settings.of(group).columns).toBe('5');
  settings.of(group).columns = '7';
  expect(settings.write()).toBe('frame=4&plugin:some-plugin:columns=7');
  settings.of(group).columns = '3';
  expect(settings.write()).toBe('frame=4');
});

test('two settings of one key are a fault', () => {
  expect(() => new Settings('', [PAGE, { picture: count('frame', 1) }])).toThrow(
    "Two settings are called 'frame' in the page's address",
  );
});

test('settings of a panel that were not there from the beginning are a fault, since a reload would lose them', () => {
  const settings = new Settings('sort=name', [PAGE]);
  expect(() => settings.of(PANEL)).toThrow("The setting 'sort' is not among the `settings` of its panel");
});
