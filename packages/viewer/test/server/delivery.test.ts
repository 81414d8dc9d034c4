import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { ask } from './ask.js';
import { workbench } from './made-runs.js';

/* Ranges, conditions and codings of HTTP. */

const bench = workbench();
const DIGITS = '0123456789';
const file = '/api/runs/image/files/digits.txt';
let address: string;
beforeAll(async () => {
  address = (await bench.start()).address;
  await writeFile(join(bench.image.folder, 'digits.txt'), DIGITS);
  await writeFile(join(bench.image.folder, 'empty.txt'), '');
});

describe('a range of a file', () => {
  test.each([
    ['bytes=0-3', '0123', '0-3'],
    ['bytes=4-4', '4', '4-4'],
    ['bytes=7-', '789', '7-9'],
    ['bytes=7-1000', '789', '7-9'],
    ['bytes=-2', '89', '8-9'],
    ['bytes=-1000', DIGITS, '0-9'],
  ])('%s is those bytes', async (range, bytes, part) => {
    const { status, body, headers } = await ask(address, file, { headers: { Range: range } });
    expect([status, body.toString(), headers['content-range']]).toEqual([206, bytes, `bytes ${part}/10`]);
    expect(headers['content-length']).toBe(String(bytes.length));
  });

  test.each(['bytes=10-', 'bytes=11-20', 'bytes=-0'])('%s lies outside it', async (range) => {
    const { status, headers } = await ask(address, file, { headers: { Range: range } });
    expect([status, headers['content-range']]).toEqual([416, 'bytes */10']);
  });

  test.each(['bytes=0-1,4-5', 'bytes=5-2', 'bytes=-', 'bytes=a-b', 'lines=0-1', 'bytes', ''])(
    '%j is not understood: all of it is sent',
    async (range) => {
      const { status, body } = await ask(address, file, { headers: { Range: range } });
      expect([status, body.toString()]).toEqual([200, DIGITS]);
    },
  );

  test('of what is computed is the same', async () => {
    const path = '/api/runs/image/frames/0/reconstruction.npy';
    const whole = await ask(address, path);
    const part = await ask(address, path, { headers: { Range: 'bytes=100-199' } });
    expect(part.status).toBe(206);
    expect(part.body).toEqual(whole.body.subarray(100, 200));
  });

  test('of a file that has changed since is all of the new one', async () => {
    const { headers } = await ask(address, file);
    const range = { Range: 'bytes=0-1' };
    expect((await ask(address, file, { headers: { ...range, 'If-Range': headers.etag! } })).status).toBe(206);
    expect((await ask(address, file, { headers: { ...range, 'If-Range': '"another"' } })).status).toBe(200);
  });

  test('of an empty file is none', async () => {
    const path = '/api/runs/image/files/empty.txt';
    expect((await ask(address, path, { headers: { Range: 'bytes=0-' } })).status).toBe(416);
    const whole = await ask(address, path);
    expect([whole.status, whole.headers['content-length']]).toEqual([200, '0']);
  });
});

describe('what the browser has already', () => {
  test.each([
    '/',
    '/assets/index-abc.js',
    '/api/session',
    '/api/runs/video',
    file,
    '/api/runs/video/frames/1/signal.npy',
    '/api/runs/video/frames/1/layers/head/source',
    '/api/panels/@test/plugins',
  ])('%s is not sent again', async (path) => {
    const accepts = { 'Accept-Encoding': 'gzip' };
    const first = await ask(address, path, { headers: accepts });
    expect(first.status).toBe(200);
    const again = await ask(address, path, { headers: { ...accepts, 'If-None-Match': first.headers.etag! } });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    expect(again.headers.etag).toBe(first.headers.etag);
    const other = await ask(address, path, { headers: { 'If-None-Match': '"other", W/"x"' } });
    expect(other.status).toBe(200);
  });

  test('is asked for each time, but files whose names carry their contents', async () => {
    const cacheOf = async (path: string) => (await ask(address, path)).headers['cache-control'];
    expect(await cacheOf('/')).toBe('private, no-cache');
    expect(await cacheOf('/api/runs/image/frames/0/reconstruction.npy')).toBe('private, no-cache');
    expect(await cacheOf('/assets/index-abc.js')).toBe('private, max-age=31536000, immutable');
    expect(await cacheOf('/nothing')).toBe('no-store');
  });

  test('is sent again once it has changed', async () => {
    const { headers } = await ask(address, file);
    await writeFile(join(bench.image.folder, 'digits.txt'), 'digits, later');
    const { status, body } = await ask(address, file, { headers: { 'If-None-Match': headers.etag! } });
    expect([status, body.toString()]).toEqual([200, 'digits, later']);
    await writeFile(join(bench.image.folder, 'digits.txt'), DIGITS);
  });
});

describe('text', () => {
  const script = '/assets/index-abc.js';

  test.each([
    ['br, gzip', 'br', brotliDecompressSync],
    ['gzip, deflate', 'gzip', gunzipSync],
    ['br;q=0, gzip;q=0.5', 'gzip', gunzipSync],
    ['*', 'br', brotliDecompressSync],
  ] as const)('is compressed for browsers that accept %s', async (accepted, coding, decompress) => {
    const plain = await ask(address, script);
    const coded = await ask(address, script, { headers: { 'Accept-Encoding': accepted } });
    expect(coded.headers['content-encoding']).toBe(coding);
    expect(coded.headers.vary).toBe('Accept-Encoding');
    expect(coded.body.length).toBeLessThan(plain.body.length / 20);
    expect(decompress(coded.body)).toEqual(plain.body);
    expect(coded.headers.etag).not.toBe(plain.headers.etag);
  });

  test.each(['', 'identity', 'br;q=0', 'deflate'])('is sent as it is for browsers that accept %j', async (accepted) => {
    const { headers } = await ask(address, script, { headers: { 'Accept-Encoding': accepted } });
    expect(headers['content-encoding']).toBeUndefined();
  });

  test('in a range is sent as it is, and so are arrays', async () => {
    const coded = { 'Accept-Encoding': 'br' };
    const range = await ask(address, script, { headers: { ...coded, Range: 'bytes=0-9' } });
    expect([range.status, range.body.toString()]).toEqual([206, 'export con']);
    const array = await ask(address, '/api/runs/image/frames/0/signal.npy', { headers: coded });
    expect(array.headers['content-encoding']).toBeUndefined();
  });
});

test('HEAD has the headers of GET and no body', async () => {
  for (const path of ['/', file, '/api/session', '/api/runs/image/frames/0/signal.npy', '/api/nothing']) {
    const [get, head] = [await ask(address, path), await ask(address, path, { method: 'HEAD' })];
    const { date: _, ...expected } = get.headers;
    expect(head.headers).toMatchObject(expected);
    expect([head.status, head.body.length]).toEqual([get.status, 0]);
  }
});
