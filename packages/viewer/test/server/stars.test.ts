import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ffn from '@xinc/model-ffn';
import type { ApiProblem, RunView, StarsView } from '@xinc/viewer-page';
import { beforeAll, expect, test } from 'vitest';
import { ask } from './ask.js';
import { readEvents } from './event-reader.js';
import { makeRun, workbench } from './made-runs.js';

/* Stars: what the page may write into a run. */

const bench = workbench();
let address: string;
let page: Page;

/** A page that was opened with the token, and has the cookie since. */
interface Page {
  readonly origin: string;
  readonly cookie: string;
}
async function openPage(at: string): Promise<Page> {
  const { origin, search } = new URL(at);
  const opened = await ask(origin, `/${search}`);
  return { origin, cookie: opened.headers['set-cookie']![0].split(';')[0] };
}

beforeAll(async () => {
  address = (await bench.start()).address;
  page = await openPage(address);
});

const JSON_TYPE = { 'content-type': 'application/json' };
const post = (
  change: unknown,
  headers: Readonly<Record<string, string>> = {},
  { origin, cookie } = page,
  id = 'video',
) =>
  ask(origin, `/api/runs/${id}/stars`, {
    method: 'POST',
    headers: { ...JSON_TYPE, Cookie: cookie, ...headers },
    body: typeof change === 'string' ? change : JSON.stringify(change),
  });
const starsOf = async (id = 'video', at = address) => (await ask(at, `/api/runs/${id}`)).json<RunView>().stars;
const star = { layer: 'block1', neuron: 95, note: 'the corner' };

test('a star is written into the run, and pages that follow the run are told', async () => {
  const events = await readEvents(address);
  expect((await post(star)).json<StarsView>()).toMatchObject({ list: [star] });
  expect(await starsOf()).toMatchObject({ list: [star] });
  await events.until({ run: 'video', changed: 'stars' });
  events.close();
  const file = await readFile(join(bench.video.folder, 'stars.json'), 'utf8');
  expect(JSON.parse(file)).toEqual({ schema: 1, stars: [star] });
  await post({ ...star, note: null });
  expect(await starsOf()).toMatchObject({ list: [] });
});

test('stars that come at once are all kept', async () => {
  const many = Array.from({ length: 12 }, (_, neuron) => ({ layer: 'block1', neuron, note: String(neuron) }));
  const replies = await Promise.all(many.map((one) => post(one)));
  expect(replies.map(({ status }) => status)).toEqual(many.map(() => 200));
  const { list } = await starsOf();
  expect([...list].sort((a, b) => a.neuron - b.neuron)).toEqual(many);
  for (const one of many) await post({ ...one, note: null });
});

test.each([
  ['{', 400, 'The star cannot be read: it is not JSON'],
  [{ layer: 'block1', neuron: 1 }, 400, 'The star cannot be read: note: '],
  [{ ...star, more: 1 }, 400, 'The star cannot be read: '],
  [{ ...star, layer: '../run' }, 400, "The star cannot be read: there is no layer '../run'"],
  [{ ...star, neuron: 576 }, 400, 'The star cannot be read: block1 has kernels 0→0 to 5→95, or 0 to 575'],
  [{ ...star, note: 'x'.repeat(501) }, 400, "A star's note: "],
  [{ ...star, note: 'two\nlines' }, 400, "A star's note: has a control character"],
])('what is no star of this network is refused: %j', async (change, status, message) => {
  const reply = await post(change);
  expect(reply.status).toBe(status);
  expect(reply.json<ApiProblem>().message).toContain(message);
  expect(await starsOf()).toMatchObject({ list: [] });
});

test('nothing but the page may write one', async () => {
  const refused = [
    await post(star, { origin: 'https://elsewhere.example' }),
    await post(star, { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' }),
    await post(star, { 'sec-fetch-site': 'same-site' }),
    await post(star, { Cookie: '' }),
    await post(star, { 'content-type': 'text/plain' }),
    await ask(page.origin, '/api/runs/video/stars', {
      method: 'PUT',
      headers: { ...JSON_TYPE, Cookie: page.cookie },
      body: JSON.stringify(star),
    }),
    // As a panel in a frame of another site asks: it may read.
    await ask(address, '/api/runs/video/stars', { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(star) }),
  ];
  expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 401, 415, 405, 403]);
  expect(await starsOf()).toMatchObject({ list: [] });
});

test('a file that is damaged is told, and not written over', async () => {
  const made = await makeRun(join(bench.folder, 'damaged'), ffn, { width: 8, fourierFeatures: 4 }, bench.engine);
  const { address } = await bench.start({ runs: [made.source] });
  const file = join(made.folder, 'stars.json');
  await writeFile(file, '{"schema":1,"stars":[{}]}');
  expect(await starsOf('damaged', address)).toMatchObject({
    list: [],
    readOnly: expect.stringContaining('stars.json is damaged: stars.0.layer: '),
  });
  const reply = await post({ layer: 'layer1', neuron: 1, note: '' }, {}, await openPage(address), 'damaged');
  expect(reply.status).toBe(422);
  expect(await readFile(file, 'utf8')).toBe('{"schema":1,"stars":[{}]}');
});
