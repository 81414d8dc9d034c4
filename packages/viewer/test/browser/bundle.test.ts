import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PAGE_FOLDER } from '@xinc/viewer-page';
import { expect, test } from 'vitest';
import { browserBench } from './browser-bench.js';

const bench = browserBench();

/** Files of the page among the requests, with their sizes as they are sent. */
async function filesOf(requests: readonly string[]): Promise<{ name: string; bytes: number }[]> {
  const names = [...new Set(requests.filter((path) => !path.startsWith('/api/')))];
  return Promise.all(
    names.map(async (path) => {
      const name = path === '/' ? 'index.html' : path.slice(1);
      return { name, bytes: gzipSync(await readFile(join(PAGE_FOLDER, name)), { level: 6 }).byteLength };
    }),
  );
}

test('the first view, tracing included, is under 400 kB, and brings neither Vega nor ONNX Runtime', async () => {
  const { settled, requests, close } = await bench.open('layer=layer2&pixel=3,4&neuron=2');
  await settled();
  const files = await filesOf(requests);
  const names = files.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'index.html',
      expect.stringMatching(/assets\/index-.*\.js/),
      expect.stringMatching(/thread-/),
    ]),
  );
  expect(names.filter((name) => /vega|ort[-.]|network|embedding/i.test(name))).toEqual([]);
  expect(files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(400_000);
  await close();
});
