import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTracePage } from '../../../viewer-page/test/build-trace-page.js';
import type { Tracing } from '../../../viewer-page/test/trace-page/main.js';
import { publishSite } from '../../src/site/publish-site.js';
import { browserBench } from './browser-bench.js';
import { followPage, type OpenViewer } from './open-viewer.js';
import { expectClose, reference } from './reference.js';
import { hostFolder, type StaticHost } from './static-server.js';

/* What the page's threads answer, against the tracer that `xinc trace` uses. */

declare global {
  interface Window {
    tracing: Tracing;
    /** Threads that the page has started. */
    workers: Worker[];
  }
}

const bench = browserBench();
const expected = reference(bench);
let address: string;
let host: StaticHost;
beforeAll(async () => {
  const folder = join(bench.folder, 'trace-page');
  await buildTracePage(folder);
  address = (await bench.start({ page: folder })).address;
  const { registry, image, video } = bench;
  const out = join(bench.folder, 'trace-site');
  await publishSite({ runs: [image.source, video.source], registry, version: '9.8.7', out, page: folder });
  host = await hostFolder(out, '/some/where/');
});
afterAll(() => host?.close());

async function openTracing(threads: number, expected?: RegExp, from = address): Promise<OpenViewer> {
  const context = await bench.browser.newContext();
  await context.addInitScript((count) => {
    Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => count });
    window.workers = [];
    window.Worker = class extends Worker {
      constructor(...values: ConstructorParameters<typeof Worker>) {
        super(...values);
        window.workers.push(this);
      }
    };
  }, threads);
  const opened = followPage(await context.newPage(), from, expected);
  await opened.page.goto(from);
  await opened.page.waitForFunction(() => 'tracing' in window);
  return opened;
}

const LAYERS = [
  ['image', 'layer1', 0],
  ['image', 'layer2', 0],
  ['image', 'layer3', 0],
  ['video', 'block1', 0],
  ['video', 'block2', 1],
  ['video', 'head', 1],
  ['custom', 'ramps', 0],
] as const;

describe.each([
  ['the server', 1],
  ['the server', 2],
  ['the server', 3],
  ['the server', 8],
  ['a site', 2],
] as const)('with %s, %i threads', (origin, threads) => {
  let opened: OpenViewer;
  let page: Page;
  beforeAll(async () => {
    opened = await openTracing(threads, undefined, origin === 'a site' ? `${host.address}view/index.html` : address);
    ({ page } = opened);
  });
  afterAll(() => opened?.close());

  // What a plugin traces by itself is not in a site.
  const layers = LAYERS.filter(([name]) => origin === 'the server' || name !== 'custom');
  test.each(layers)('%s, %s, frame %i', async (name, layer, frame) => {
    const { neurons, height, width, maps, map, at, sums } = await expected.layer(bench[name], layer, frame);
    const every = Array.from({ length: neurons }, (_, neuron) => neuron);
    const pixels = height * width;
    const [row, column] = [height - 1, 5];
    // Two groups of pixels in a rectangle that touches no corner.
    const bounds = { top: 3, left: 2, height: 7, width: 11 };
    const labels = Array.from({ length: bounds.height * bounds.width }, (_, p): number => (p % 3 === 0 ? 1 : 0));
    const some = [neurons - 1, 0, Math.floor(neurons / 2)];

    const answers = await page.evaluate(
      async ({ name, layer, frame, row, column, bounds, labels, some }) => {
        const trace = await window.tracing.open(name, frame, layer);
        const { neurons, height, width, nonnegative } = trace;
        const pixels = { bounds, labels: Uint16Array.from(labels), groups: 2 };
        const thumbnails: { neuron: number; height: number; width: number; cells: number[] }[] = [];
        const plane = Float32Array.from(labels, (label, p) => label - (p % 5) / 4);
        const [values, map, sums, ofSome, moments, momentsOfSome, totals] = await Promise.all([
          trace.values(row, column),
          trace.map(neurons - 2),
          trace.sums(pixels, null),
          trace.sums(pixels, some),
          trace.moments(plane, bounds, null),
          trace.moments(plane, bounds, some),
          trace.totals(),
          trace.thumbnails(some, 8, (answer) => {
            for (const { cells, ...rest } of answer) thumbnails.push({ ...rest, cells: [...cells] });
          }),
        ]);
        trace.release();
        return {
          extents: { neurons, height, width },
          nonnegative,
          values: [...values],
          map: [...map],
          sums: [...sums],
          ofSome: [...ofSome],
          moments: [...moments],
          momentsOfSome: [...momentsOfSome],
          thumbnails,
          totals: { sums: [...totals.sums], largest: [...totals.largest], pixels: [...totals.pixelTotals!] },
        };
      },
      { name, layer, frame, row, column, bounds, labels, some },
    );

    expect(answers.extents).toEqual({ neurons, height, width });
    expectClose(answers.values, at(row, column));
    expectClose(answers.map, map(neurons - 2));
    if (answers.nonnegative) expect(maps.every((value) => value >= 0)).toBe(true);

    const inGroup = (group: number) =>
      labels.flatMap((label, p) => {
        const place = (bounds.top + Math.floor(p / bounds.width)) * width + bounds.left + (p % bounds.width);
        return label === group ? [place] : [];
      });
    const [outside, inside] = [0, 1].map((group) => sums(inGroup(group)));
    const pairs = (list: readonly number[]) => list.flatMap((neuron) => [outside[neuron], inside[neuron]]);
    expectClose(answers.sums, pairs(every));
    expectClose(answers.ofSome, pairs(some));
    const momentsOf = (neuron: number) => {
      let [product, sum, squares] = [0, 0, 0];
      for (const [p, label] of labels.entries()) {
        const value =
          map(neuron)[(bounds.top + Math.floor(p / bounds.width)) * width + bounds.left + (p % bounds.width)];
        product += value * Math.fround(label - (p % 5) / 4);
        sum += value;
        squares += value ** 2;
      }
      return [product, sum, squares];
    };
    for (const i of [0, 1, 2]) {
      const pick = (values: readonly number[]) => values.filter((_, at) => at % 3 === i);
      expectClose(pick(answers.moments), pick(every.flatMap(momentsOf)), 1e-5);
      expectClose(pick(answers.momentsOfSome), pick(some.flatMap(momentsOf)), 1e-5);
    }
    expectClose(answers.totals.sums, sums(Array.from({ length: pixels }, (_, p) => p)));
    const largest = every.map((neuron) => Math.max(...map(neuron).map(Math.abs)));
    expectClose(answers.totals.largest, largest);
    const perPixel = new Float64Array(pixels);
    for (const neuron of every) for (const [p, value] of map(neuron).entries()) perPixel[p] += Math.abs(value);
    expectClose(answers.totals.pixels, perPixel);

    expect(answers.thumbnails.map(({ neuron }) => neuron).sort((a, b) => a - b)).toEqual(some.sort((a, b) => a - b));
    for (const { neuron, cells, ...extents } of answers.thumbnails) {
      expect(extents).toEqual({ height: 5, width: 8 });
      const wanted = Array.from({ length: 40 }, (_, cell) => {
        const inside = [...map(neuron)].filter((_, p) => {
          const [y, x] = [Math.floor(p / width) + 0.5, (p % width) + 0.5];
          return Math.floor((y * 5) / height) === Math.floor(cell / 8) && Math.floor((x * 8) / width) === cell % 8;
        });
        return inside.reduce((sum, value) => sum + value, 0) / inside.length;
      });
      const worst = Math.max(...wanted.map((value, cell) => Math.abs(value - cells[cell])));
      expect(worst).toBeLessThanOrEqual(2e-6 * largest[neuron]);
    }
  });
});

describe('a thread that dies', () => {
  test('fails what is asked of it, and is replaced by the next question', async () => {
    const { page, close } = await openTracing(3);
    const answers = await page.evaluate(async () => {
      const [before, now] = await Promise.all([0, 1].map((frame) => window.tracing.open('video', frame, 'block2')));
      const map = await now.map(5);
      const change = await now.change(before);
      const die = () => window.workers.at(-1)!.dispatchEvent(new ErrorEvent('error', { message: 'Out of memory' }));
      const outstanding = now.totals();
      setTimeout(die);
      const failure = await outstanding.then(String, String);
      const again = await now.map(5);
      die();
      const changeAgain = await now.change(before);
      return {
        failure,
        maps: [map, again].map((values) => [...values]),
        changes: [change, changeAgain].map((values) => [...values]),
        started: window.workers.length,
      };
    });
    expect(answers.failure).toBe('Error: Out of memory');
    expect(answers.maps[1]).toEqual(answers.maps[0]);
    expect(answers.changes[1]).toEqual(answers.changes[0]);
    expect(answers.started).toBe(9);
    await close();
  });

  test.each([
    ['its script', 'throw new Error("Torn apart");', 'Torn apart'],
    ['its kernels', 'WebAssembly.instantiate = async () => { throw new Error("No memory"); };', 'No memory'],
  ])('for want of %s says so, and is there for the next question', async (_, spoils, message) => {
    const { page, close } = await openTracing(2, /Torn apart|No memory/);
    let spoilt = true;
    await page.context().route(/\/thread-[^/]*\.js$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${spoilt ? spoils : ''}${await response.text()}` });
    });
    const ask = () =>
      page.evaluate(() =>
        window.tracing
          .open('image', 0, 'layer1')
          .then((trace) => trace.map(3))
          .then(
            (values) => [...values],
            (error: Error) => error.message,
          ),
      );
    expect(await ask()).toContain(message);
    spoilt = false;
    expectClose((await ask()) as number[], (await expected.layer(bench.image, 'layer1')).map(3));
    await close();
  });
});
