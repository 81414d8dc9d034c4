// @vitest-environment happy-dom
import { checkAnalysis, checkPanel } from '@xinc/core/testing';
import type { PanelHost, PanelScene } from '@xinc/viewer-page';
import { expect, test, vi } from 'vitest';
import plugin from '../src/index.js';
import * as panel from '../src/panel.js';
import { readStrongest } from '../src/read-strongest.js';

const CSV = `frame,layer,rank,neuron,share [fraction]
0,layer1,1,7,0.5
0,layer1,2,3,0.25
0,layer2,1,0,1
3,layer1,1,9,0.75
`;

/** What the page would show the panel. */
const scene = (change: object = {}) =>
  ({
    run: { analyses: [{ name: 'my-panel' }] },
    frame: 0,
    layer: { id: 'layer1', label: 'Layer 1' },
    neurons: [3],
    settings: panel.settings,
    theme: 'light',
    ...change,
  }) as unknown as PanelScene;

/** The panel on a scene, in a page without a browser. */
async function mounted(shown: PanelScene) {
  const root = document.createElement('div');
  const host = {
    follow: vi.fn((listener: (scene: PanelScene) => unknown) => {
      drawn = Promise.resolve(listener(shown));
      return () => {};
    }),
    select: vi.fn(),
    set: vi.fn(),
    file: async () => new TextEncoder().encode(CSV).buffer as ArrayBuffer,
  };
  let drawn: Promise<unknown> = Promise.resolve();
  panel.mount(root, host as PanelHost);
  await drawn;
  return { root, host, buttons: [...root.querySelectorAll('button')] };
}

test('its analysis is what a reviewer would let pass', async () => {
  const [{ result }] = await checkAnalysis(plugin);
  expect(result?.tables[0].rows.length).toBeGreaterThan(0);
});

test('what a person chooses in the panel survives a reload, and a link breaks nothing', async () => {
  const drawn = await checkPanel(panel, {
    root: () => document.createElement('div'),
    scene: scene(),
    files: { 'analysis/my-panel/strongest.csv': new TextEncoder().encode(CSV) },
    choices: { shown: ['1'] },
  });
  expect(drawn.shown['1']).not.toBe(drawn.shown['12']);
});

test('the neurons of the frame and layer on screen are read', () => {
  expect(readStrongest(CSV, 0, 'layer1')).toEqual([
    { index: 7, share: 0.5 },
    { index: 3, share: 0.25 },
  ]);
  expect(readStrongest(CSV, 1, 'layer1')).toEqual([]);
});

test('they are listed, those that are selected are marked, and a click selects one', async () => {
  const { buttons, host } = await mounted(scene());
  expect(buttons.map(({ textContent }) => textContent)).toEqual(['neuron 7: 50.0 %', 'neuron 3: 25.0 %']);
  expect(buttons.map((button) => button.getAttribute('aria-pressed'))).toEqual(['false', 'true']);
  buttons[0].click();
  expect(host.select).toHaveBeenCalledWith([7]);
});

test('as many are shown as the setting says, and no number in a link is the default', async () => {
  expect((await mounted(scene({ settings: { shown: '1' } }))).buttons).toHaveLength(1);
  expect((await mounted(scene({ settings: { shown: 'many' } }))).buttons).toHaveLength(2);
});

test('a run that was not analysed is told what to do', async () => {
  const { root } = await mounted(scene({ run: { analyses: [] } }));
  expect(root.textContent).toContain('xinc analyze RUN my-panel');
});
