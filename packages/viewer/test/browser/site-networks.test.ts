import { join } from 'node:path';
import type { InrPlugin } from '@xinc/core';
import hashgrid from '@xinc/model-hashgrid';
import hnerv from '@xinc/model-hnerv';
import coordinateNetworks from '@xinc/model-siren';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildTracePage } from '../../../viewer-page/test/build-trace-page.js';
import { publishSite } from '../../src/site/publish-site.js';
import { type MadeRun, makeRun } from '../server/made-runs.js';
import { browserBench } from './browser-bench.js';
import { followPage, type OpenViewer } from './open-viewer.js';
import { expectClose, reference } from './reference.js';
import { hostFolder, type StaticHost } from './static-server.js';

/* What a site traces of each model that is built in, beside those of tracing.test.ts, against the tracer that `xinc trace` uses. */

const NETWORKS: readonly [plugin: InrPlugin<object>, settings: object][] = [
  ...coordinateNetworks.map((plugin): [InrPlugin<object>, object] => [plugin as InrPlugin<object>, { width: 16 }]),
  [hashgrid as InrPlugin<object>, { width: 8, levels: 3 }],
  [hnerv as InrPlugin<object>, { strides: [4, 2], widths: [4, 3, 3], kernelSizes: [1, 3, 3], embeddingChannels: 2 }],
];

const bench = browserBench();
const expected = reference(bench);
const runs = new Map<string, MadeRun>();
/** Sines and bells of large arguments enlarge roundings from layer to layer. */
const TOLERANCE = 1e-4;
let notes: readonly string[];
let host: StaticHost;
let opened: OpenViewer;
beforeAll(async () => {
  for (const [plugin, settings] of NETWORKS) {
    runs.set(plugin.name, await makeRun(join(bench.folder, plugin.name), plugin, settings, bench.engine));
  }
  const page = join(bench.folder, 'trace-page');
  await buildTracePage(page);
  const out = join(bench.folder, 'networks');
  const sources = [...runs.values()].map(({ source }) => source);
  ({ notes } = await publishSite({ runs: sources, registry: bench.registry, version: '9.8.7', out, page }));
  host = await hostFolder(out, '/some/where/');
  const context = await bench.browser.newContext();
  opened = followPage(await context.newPage(), host.address);
  await opened.page.goto(`${host.address}view/index.html`);
  await opened.page.waitForFunction(() => 'tracing' in window);
});
afterAll(async () => {
  await opened?.close();
  host?.close();
});

test.each(NETWORKS.map(([{ name }]) => name))('%s: every layer', async (name) => {
  const run = runs.get(name)!;
  const layers = run.inr.layers.filter(({ kind }) => kind !== 'custom');
  expect(layers.length).toBeGreaterThan(0);
  for (const { id } of layers) {
    const { neurons, height, width, map, at, sums } = await expected.layer(run, id);
    const totals = sums(Array.from({ length: height * width }, (_, pixel) => pixel));
    const place = { row: height - 2, column: 3, strongest: totals.indexOf(Math.max(...totals)) };
    const answers = await opened.page.evaluate(
      async ({ name, id, row, column, strongest }) => {
        const trace = await window.tracing.open(name, 0, id);
        const [values, map, totals] = await Promise.all([
          trace.values(row, column),
          trace.map(strongest),
          trace.totals(),
        ]);
        trace.release();
        return { neurons: trace.neurons, values: [...values], map: [...map], sums: [...totals.sums] };
      },
      { name, id, ...place },
    );
    expect(answers.neurons).toBe(neurons);
    expectClose(answers.values, at(place.row, place.column), TOLERANCE);
    expectClose(answers.map, map(place.strongest), TOLERANCE);
    expectClose(answers.sums, totals, TOLERANCE);
  }
});

test('what a model traces by itself is left out, and told', () => {
  const level = (n: number) =>
    `hashgrid: layer 'level${n}' is left out: its plugin traces it by itself, which needs the program that has the plugin`;
  expect(notes).toEqual([level(1), level(2), level(3)]);
});
