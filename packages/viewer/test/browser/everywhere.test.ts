import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { meanSquaredError, psnrOfError } from '@xinc/core';
import { clampFrame, switchOff } from '@xinc/core/trace';
import ffn from '@xinc/model-ffn';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { largestOf } from '../../../viewer-page/src/color/color-scale.js';
import { formatPsnr } from '../../../viewer-page/src/color/number-format.js';
import { publishFile } from '../../src/site/publish-file.js';
import { publishSite } from '../../src/site/publish-site.js';
import { type MadeRun, makeRun } from '../server/made-runs.js';
import { hostArticles } from './article-host.js';
import { browserBench } from './browser-bench.js';
import { findFirefox, startFirefox } from './firefox.js';
import { writeClusters } from './made-clusters.js';
import { writeFigures } from './made-figures.js';
import {
  drag,
  expectPainted,
  expectRanking,
  HEIGHT,
  mapCanvas,
  mouseOf,
  neuronList,
  pointAt,
  rowsOf,
  type Shown,
  WIDTH,
} from './on-screen.js';
import { settle } from './open-viewer.js';
import { expectView, type OpenPlace, openPlace, PLACES, type PlaceAddresses, viewOf } from './places.js';
import { changeBetween, reference } from './reference.js';
import { hostFolder } from './static-server.js';

/* The same page wherever it runs, in two browsers: what it shows is what `xinc trace` computes. */

const bench = browserBench();
const expected = reference(bench);
const CLUSTERS = [0, 1, 0, 1, 1, 0, 1, -1, 0, 1];
const ends: (() => Promise<void>)[] = [];
let second: MadeRun;
let addresses: PlaceAddresses;

beforeAll(async () => {
  second = await makeRun(join(bench.folder, 'second'), ffn, { width: 10, fourierFeatures: 6 }, bench.engine, {
    steps: 30,
  });
  await writeClusters(bench.image, { layer2: CLUSTERS });
  await writeFigures(bench.image);
  const runs = [bench.image, second, bench.video].map(({ source }) => source);
  const publish = { runs, registry: bench.registry, version: '9.8.7' };
  await publishSite({ ...publish, out: join(bench.folder, 'site') });
  const { out } = await publishFile({ ...publish, out: join(bench.folder, 'canvas.html') });
  const host = await hostFolder(join(bench.folder, 'site'), '/below/some/path/');
  const articles = await hostArticles();
  ends.push(host.close, articles.close);
  const { address } = await bench.serve({ runs });
  addresses = { server: address, site: host.address, file: pathToFileURL(out).href, articles };
});
afterAll(async () => {
  for (const end of ends) await end();
});

interface Behaviour {
  readonly name: string;
  /** What is shown, alone in a frame of another page. */
  readonly panel: string;
  readonly view: string;
  check(shown: Shown, at: OpenPlace): Promise<void>;
}

const panelOf = (shown: Shown, { alone }: OpenPlace) => (alone ? shown.locator('body') : shown.getByRole('tabpanel'));

const BEHAVIOURS: readonly Behaviour[] = [
  {
    name: 'neurons of the pixel under the pointer are ranked',
    panel: 'canvas',
    view: 'run=video&frame=1&layer=block2',
    async check(shown) {
      await pointAt(shown, 7, 12);
      await shown.getByRole('heading', { name: 'Row 7, column 12' }).waitFor();
      await settle(shown);
      expectRanking(await rowsOf(neuronList(shown)), (await expected.layer(bench.video, 'block2', 1)).at(7, 12));
    },
  },
  {
    name: 'a map is painted over the picture',
    panel: 'canvas',
    view: 'run=image&layer=layer2&neuron=3',
    async check(shown) {
      const traced = await expected.layer(bench.image, 'layer2');
      const map = traced.map(3);
      await mapCanvas(shown).waitFor();
      await expectPainted(mapCanvas(shown), map, traced, largestOf(map), true, 'light');
    },
  },
  {
    name: 'neurons of a region that is dragged are ranked',
    panel: 'canvas',
    view: 'run=image&layer=layer3',
    async check(shown) {
      await shown.getByRole('radio', { name: 'Rectangle' }).check({ force: true });
      await drag(shown, [2.5, 3.5], [9.5, 15.5]);
      await expectView(shown, { region: 'rectangle:2,3,8,13' });
      await settle(shown);
      const inside = Array.from({ length: 8 * 13 }, (_, i) => (2 + Math.floor(i / 13)) * WIDTH + 3 + (i % 13));
      expectRanking(await rowsOf(neuronList(shown)), (await expected.layer(bench.image, 'layer3')).sums(inside));
    },
  },
  {
    name: 'the wheel enlarges the picture, and makes it small again',
    panel: 'canvas',
    view: 'run=image&layer=layer2',
    async check(shown) {
      await pointAt(shown, 4, 6);
      await mouseOf(shown).wheel(0, -240);
      await expect.poll(() => viewOf(shown)).toHaveProperty('zoom');
      await mouseOf(shown).wheel(0, 480);
      await expect.poll(() => viewOf(shown)).not.toHaveProperty('zoom');
    },
  },
  {
    name: 'the wall is in the order of total contributions',
    panel: 'wall',
    view: 'run=image&layer=layer3',
    async check(shown) {
      const cells = shown.getByRole('listbox', { name: /^Neurons of/ }).getByRole('option');
      const neurons = await cells.evaluateAll((all) =>
        all
          .map((cell) => [Number(cell.ariaPosInSet), Number((cell as HTMLElement).dataset.neuron)])
          .sort(([a], [b]) => a - b)
          .map(([, neuron]) => neuron),
      );
      const sums = (await expected.layer(bench.image, 'layer3')).sums(Array(HEIGHT * WIDTH).keys());
      expect(neurons).toHaveLength(sums.filter((sum) => sum > 0).length);
      const sizes = neurons.map((neuron) => sums[neuron]);
      expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
      await cells.first().click();
      await expectView(shown, { neurons: String(neurons[0]) });
    },
  },
  {
    name: 'the embedding is drawn where there is WebGL, and its clusters are selected',
    panel: 'embedding',
    view: 'run=image&layer=layer2',
    async check(shown) {
      const plane = shown.getByRole('application', { name: '10 neurons by how alike they paint' });
      const none = shown.getByText('This browser draws no WebGL here');
      const webgl = await shown.evaluate(() => new OffscreenCanvas(1, 1).getContext('webgl2') !== null);
      await (webgl ? plane : none).waitFor();
      await shown.getByRole('button', { name: 'Cluster 1, 4 neurons' }).click();
      await expectView(shown, { neurons: '0,2,5,8' });
    },
  },
  {
    name: 'an analysis is opened, its charts drawn',
    panel: 'analyses',
    view: 'run=image&analysis=drawn',
    async check(shown) {
      for (const title of ['The first figure', 'The second figure']) {
        const drawn = shown.getByRole('figure').filter({ hasText: title }).locator('canvas, svg, img').first();
        await drawn.waitFor();
        await expect.poll(async () => (await drawn.boundingBox())!.height).toBeGreaterThan(100);
      }
    },
  },
  {
    name: 'neurons are switched off and on',
    panel: 'off',
    view: 'run=image&layer=layer2&neurons=0,3',
    async check(shown, at) {
      const network = await expected.network(bench.image);
      const drawn = clampFrame(await network.reconstruct(0, switchOff(network, 'layer2', [0, 3])));
      const psnr = formatPsnr(psnrOfError(meanSquaredError(drawn, bench.image.frame(0))));
      await panelOf(shown, at)
        .getByRole('button', { name: /^Selected neurons/ })
        .click();
      const effect = shown.getByRole('region', { name: 'Effect' });
      await effect.locator('strong', { hasText: psnr }).waitFor();
      await expectView(shown, { off: 'layer2:0,3' });
      await shown.getByRole('button', { name: /^Switch all on in/ }).click();
      await expect.poll(() => viewOf(shown)).not.toHaveProperty('off');
    },
  },
  {
    name: 'the change from frame to frame is painted',
    panel: 'time',
    view: 'run=video&layer=block2&frame=1',
    async check(shown) {
      const [before, now] = [
        await expected.layer(bench.video, 'block2', 0),
        await expected.layer(bench.video, 'block2', 1),
      ];
      const change = changeBetween(before, now);
      const canvas = shown.getByRole('img', { name: 'Change of contributions from frame 0 to frame 1' });
      await canvas.waitFor();
      await expectPainted(canvas, change, now, largestOf(change), true, 'light');
    },
  },
  {
    name: 'two runs are ranked beside each other',
    panel: 'compare',
    view: 'run=image&layer=layer2&other=second&pixel=5,9',
    async check(shown) {
      for (const [name, made] of [
        ['image', bench.image],
        ['second', second],
      ] as const) {
        const list = shown.getByRole('listbox', { name: `Neurons of ${name} by contribution to the pixel` });
        await list.waitFor();
        expectRanking(await rowsOf(list), (await expected.layer(made, 'layer2')).at(5, 9), 24);
      }
    },
  },
];

const firefox = findFirefox();
const BROWSERS = [
  { title: 'Chromium', start: undefined, missing: undefined },
  'missing' in firefox
    ? { title: `Firefox (${firefox.missing})`, start: undefined, missing: firefox.missing }
    : { title: 'Firefox', start: () => startFirefox(firefox.path), missing: undefined },
];

for (const { title, start, missing } of BROWSERS) {
  describe.skipIf(missing !== undefined)(title, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = start ? await start() : bench.browser;
    });
    afterAll(async () => {
      if (start) await browser?.close();
    });

    test('a panel of the server in a frame of another site ranks the pixel under the pointer', async () => {
      const { articles, server } = addresses;
      const { origin, searchParams } = new URL(server);
      const page = await browser.newPage();
      const panel = `${origin}/token/${searchParams.get('token')}/?embed=canvas#run=image&layer=layer2`;
      await page.goto(articles.about(panel, '1000', '820'));
      const frame = (await (await page.locator('iframe').elementHandle())!.contentFrame())!;
      await settle(frame);
      await pointAt(frame, 7, 12);
      await frame.getByRole('heading', { name: 'Row 7, column 12' }).waitFor();
      await settle(frame);
      expectRanking(await rowsOf(neuronList(frame)), (await expected.layer(bench.image, 'layer2')).at(7, 12));
      await page.close();
    });

    describe.each(PLACES)('%s', (place) => {
      let at: OpenPlace;
      beforeAll(async () => {
        at = await openPlace(browser, place, addresses);
      });
      afterAll(() => at?.close());

      for (const { name, panel, view, check } of BEHAVIOURS) {
        test(name, async () => {
          await check(await at.show(panel, `${view}&theme=light`), at);
          expect(at.complaints.splice(0)).toEqual([]);
        });
      }

      test('an address brings back what it was taken from', async () => {
        const view =
          'run=video&frame=1&layer=block2&pixel=7,3&region=rectangle:2,3,4,5&neuron=9&neurons=3,9-11&scale=shared';
        await at.page.mouse.move(0, 0);
        const before = await viewOf(await at.show('canvas', view));
        expect(before).toMatchObject({ run: 'video', frame: '1', layer: 'block2', pixel: '7,3', neurons: '3,9-11' });
        await at.leave();
        const again = await at.show('canvas', new URLSearchParams(before).toString());
        expect(await viewOf(again)).toEqual(before);
        expectRanking(
          await rowsOf(neuronList(again)),
          (await expected.layer(bench.video, 'block2', 1)).sums(
            Array.from({ length: 20 }, (_, i) => (2 + Math.floor(i / 5)) * WIDTH + 3 + (i % 5)),
          ),
        );
        // The file has everything in it.
        if (place === 'in one file from disk')
          expect(at.requests.filter((path) => path !== new URL(addresses.file).pathname)).toEqual([]);
      });
    });
  });
}
