import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Registry } from '@xinc/core/node';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { SEED } from '../server/made-runs.js';
import { browserBench } from './browser-bench.js';
import { openViewer } from './open-viewer.js';

/* Panels that plugins ship: what they are told, what they may choose, and what they cannot break. */

const bench = browserBench();
const HOSTILE = '"><img src=x onerror="window.hit=1"><script>window.hit=1</script>';
const PANELS = {
  good: `export const title = 'Selected neurons';
    export function mount(root, host) {
      const [text, button] = [document.createElement('p'), document.createElement('button')];
      button.textContent = 'First and third';
      button.onclick = () => host.select([2, 0, 2, 99999, -1, 0.5, NaN]);
      root.append(text, button);
      host.file('run.json').then((bytes) => { root.dataset.seed = JSON.parse(new TextDecoder().decode(bytes)).seed; });
      return host.follow(({ run, frame, layer, neurons, theme }) => {
        text.textContent = [run?.id, frame, layer?.id, neurons.join('+'), theme].join(' ');
      });
    }`,
  hostile: `export const title = ${JSON.stringify(HOSTILE)};
    export function mount(root) { root.textContent = title; return () => {}; }`,
  throwing: `export const title = 'Throwing';
    export function mount() { throw new Error('No room for me'); }`,
  later: `export const title = 'Later';
    export function mount(root, host) { return host.follow(async () => { await null; throw new Error('Lost my way'); }); }`,
  stuck: `export const title = 'Stuck';
    export async function mount(root, host) {
      await new Promise((resolve) => setTimeout(resolve));
      const stop = host.follow(({ layer }) => { root.textContent = 'Stuck at ' + layer?.id; });
      return () => { stop(); throw new Error('Cannot go'); };
    }`,
  setting: `export const title = 'With a setting';
    export const settings = { columns: '3' };
    export function mount(root, host) {
      const [text, more, wrong] = [document.createElement('p'), document.createElement('button'), document.createElement('button')];
      more.textContent = 'Five';
      more.onclick = () => host.set('columns', '5');
      wrong.textContent = 'Wrong';
      wrong.onclick = () => { try { host.set('rows', '5'); } catch (error) { root.dataset.refused = error.message; } };
      root.append(text, more, wrong);
      return host.follow(({ settings }) => { text.textContent = settings.columns + ' columns'; });
    }`,
  unnamed: `export const title = 'Unnamed';
    export const settings = { 'a b': '3' };
    export function mount() {}`,
  none: `export const title = 'Not a panel';`,
  broken: `export const title = `,
};

let address: string;
beforeAll(async () => {
  const registry = new Registry();
  const folder = join(bench.folder, 'panels');
  await mkdir(folder);
  for (const [name, code] of Object.entries(PANELS)) {
    const panel = join(folder, `${name}.js`);
    await writeFile(panel, code);
    registry.add(
      {
        kind: 'analysis',
        name,
        title: HOSTILE,
        description: HOSTILE,
        options: z.object({}),
        request: () => ({}),
        analyze: () => ({ findings: [], tables: [], arrays: [], figures: [] }),
      },
      { package: `panel-${name}`, version: '1.0.0', path: join(folder, 'index.js'), panel },
    );
  }
  address = (await bench.serve({ registry })).address;
});

const open = (view: string, expected?: RegExp) =>
  openViewer(bench.browser, address, { view, colorScheme: 'dark', ...(expected && { expected }) });

test('a panel is told what is on screen, reads files of the run, and selects neurons that there are', async () => {
  const { page, settled, view, close } = await open('layer=layer2&neurons=4');
  await settled();
  await page.getByRole('tab', { name: 'Selected neurons' }).click();
  const panel = page.getByRole('tabpanel');
  await panel.getByText('image 0 layer2 4 dark').waitFor();
  expect(await panel.locator('[data-seed]').getAttribute('data-seed')).toBe(String(SEED));
  await panel.getByRole('button', { name: 'First and third' }).click();
  await panel.getByText('image 0 layer2 0+2 dark').waitFor();
  await expect.poll(() => view().neurons).toBe('0,2');
  await page.getByRole('combobox', { name: 'Run' }).selectOption('video');
  await panel.getByText('video 0 block1  dark').waitFor();
  await close();
});

test("a panel's setting survives a reload, and goes where it is as at first", async () => {
  const { page, settled, view, close } = await open('panel=plugin:panel-setting');
  await settled();
  const panel = page.getByRole('tabpanel');
  await panel.getByText('3 columns').waitFor();
  await panel.getByRole('button', { name: 'Five' }).click();
  await panel.getByText('5 columns').waitFor();
  await expect.poll(() => view()['plugin:panel-setting:columns']).toBe('5');
  await page.reload();
  await panel.getByText('5 columns').waitFor();
  await panel.getByRole('button', { name: 'Wrong' }).click();
  expect(await panel.locator('[data-refused]').getAttribute('data-refused')).toBe(
    "The panel exports no setting 'rows'",
  );
  await page.evaluate(() => {
    location.hash = 'panel=plugin:panel-setting';
  });
  await panel.getByText('3 columns').waitFor();
  await close();
});

test('script in titles stays text', async () => {
  const { page, settled, close } = await open('');
  await settled();
  const tab = page.getByRole('tab', { name: HOSTILE });
  await tab.click();
  await page.getByRole('tabpanel').locator('.plugin').getByText(HOSTILE).waitFor();
  const struck = () =>
    page.evaluate(() => ['hit' in window, document.querySelectorAll('img[src=x], script:not([src])').length]);
  expect(await struck()).toEqual([false, 0]);
  await close();
});

test.each([
  ['Throwing', 'No room for me'],
  ['Later', 'Lost my way'],
  ['panel-none', "The panel of panel-none exports no 'title' and 'mount'"],
  ['panel-unnamed', "The panel of panel-unnamed: setting 'a b' needs a name"],
  ['panel-broken', 'The panel of panel-broken does not load'],
])('a panel that fails says so in its place, and the page goes on: %s', async (title, message) => {
  const { page, settled, close } = await open('');
  await settled();
  await page.getByRole('tab', { name: title, exact: true }).click();
  await page.getByRole('tabpanel').getByRole('alert').getByText(message).waitFor();
  await page.getByRole('tab', { name: 'Neuron wall' }).click();
  await settled();
  expect(
    await page
      .getByRole('listbox', { name: /^Neurons of/ })
      .getByRole('option')
      .count(),
  ).toBeGreaterThan(0);
  await close();
});

test('a panel may start later, and one that cannot be taken down is gone all the same', async () => {
  const { page, settled, complaints, close } = await open('layer=layer2');
  await settled();
  for (const layer of ['layer2', 'layer3']) {
    await page.getByRole('tab', { name: 'Stuck' }).click();
    await page.getByRole('combobox', { name: 'Layer' }).selectOption(layer);
    await page.getByRole('tabpanel').getByText(`Stuck at ${layer}`).waitFor();
    await page.getByRole('tab', { name: 'Neuron wall' }).click();
    await page.getByRole('listbox', { name: /^Neurons of/ }).waitFor();
    await expect.poll(() => complaints.splice(0)).toEqual(['Exception: Cannot go']);
  }
  await close();
});
