import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { ask } from './ask.js';
import { workbench } from './made-runs.js';

/* Whoever asks: pages from elsewhere, runs from strangers, programs. */

const bench = workbench();
let address: string;
beforeAll(async () => {
  address = (await bench.start()).address;
});

const POLICY = /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/;

/** Sends bytes as they are, and gives all that comes back. */
function send(text: string): Promise<string> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: hostname, port: Number(port) }, () => socket.write(text));
    let received = '';
    socket.setEncoding('utf8');
    socket.on('data', (data) => {
      received += data;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });
}

describe('paths outside the run', () => {
  beforeAll(async () => {
    const { folder } = bench.image;
    await writeFile(join(bench.folder, 'secret.txt'), 'secret');
    await mkdir(join(bench.folder, 'image-twin'));
    await writeFile(join(bench.folder, 'image-twin', 'secret.txt'), 'secret');
    await writeFile(join(folder, '.hidden'), 'secret');
    await mkdir(join(folder, 'analysis', '.new'), { recursive: true });
    await writeFile(join(folder, 'analysis', '.new', 'result.json'), 'secret');
  });

  test.each([
    '../secret.txt',
    '..%2fsecret.txt',
    '..%2Fsecret.txt',
    '%2e%2e/secret.txt',
    '%2e%2e%2fsecret.txt',
    '.%2e/secret.txt',
    '%252e%252e%252fsecret.txt',
    '..%252fsecret.txt',
    '%c0%ae%c0%ae/secret.txt',
    '%e0%80%ae%e0%80%ae/secret.txt',
    '..%c0%afsecret.txt',
    '..\\secret.txt',
    '..%5csecret.txt',
    '..%5Csecret.txt',
    'analysis/../../secret.txt',
    'analysis/..%2f..%2fsecret.txt',
    'signal/%2e%2e/%2e%2e/secret.txt',
    './../secret.txt',
    '....//secret.txt',
    '..;/secret.txt',
    '../image-twin/secret.txt',
    '%2fetc%2fpasswd',
    '/etc/passwd',
    '//etc/passwd',
    'C:%5cWindows%5cwin.ini',
    'file:%2f%2f%2fetc%2fpasswd',
    'run.json%00',
    'run.json%00.png',
    '%00',
    'run.json%0a',
    'run.json::$DATA',
    '.hidden',
    'analysis/.new/result.json',
    'analysis',
    'signal/',
    '',
    '%',
    '%zz',
    'run.json%',
  ])('%s are refused', async (path) => {
    const { status, body, headers } = await ask(address, `/api/runs/image/files/${path}`);
    expect([400, 404]).toContain(status);
    expect(body.toString()).not.toMatch(/secret\b(?!\.txt)|root:/);
    expect(headers['content-security-policy']).toMatch(POLICY);
  });

  test.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/../../secret.txt',
    '//',
    '/index.html/',
    '/.hidden',
  ])('are refused for the page’s files too: %s', async (path) => {
    expect([400, 404]).toContain((await ask(address, path)).status);
  });

  test('are not reached by links, wherever they lead', async () => {
    const { folder } = bench.image;
    await symlink(join(bench.folder, 'secret.txt'), join(folder, 'out.txt'));
    await symlink(bench.folder, join(folder, 'up'));
    await symlink(join('..', 'image-twin'), join(folder, 'twin'));
    await symlink('training.jsonl', join(folder, 'log.txt'));
    await symlink('loop', join(folder, 'loop'));
    const inside = ['loop', 'log.txt', 'up/image/run.json', 'up/image/run.json/../../secret.txt'];
    for (const path of ['out.txt', 'up/secret.txt', 'twin/secret.txt', ...inside]) {
      expect([400, 404]).toContain((await ask(address, `/api/runs/image/files/${path}`)).status);
    }
  });

  test.skipIf(process.platform === 'win32')('are no pipes that would keep the server waiting', async () => {
    await promisify(execFile)('mkfifo', [join(bench.image.folder, 'pipe')]);
    expect((await ask(address, '/api/runs/image/files/pipe')).status).toBe(404);
  });
});

describe('requests of other pages', () => {
  test.each([
    'evil.example',
    'evil.example:PORT',
    '127.0.0.1.evil.example:PORT',
    'localhost:1',
    '127.0.0.1',
    '[::1',
    'localhost:PORT@evil.example',
    '0.0.0.0:PORT',
    'xn--lcalhost-54a:PORT',
  ])('under the name %j are refused', async (host) => {
    const named = host.replace('PORT', new URL(address).port);
    for (const path of ['/', '/api/session']) {
      const reply = await ask(address, path, { headers: { Host: named } });
      expect(reply.status).toBe(403);
      expect(reply.json()).toMatchObject({ code: 'forbidden' });
    }
  });

  test.each(['127.0.0.1:PORT', 'localhost:PORT', 'LOCALHOST:PORT', '[::1]:PORT'])(
    'under the own name %s are answered',
    async (host) => {
      const named = host.replace('PORT', new URL(address).port);
      expect((await ask(address, '/api/session', { headers: { Host: named } })).status).toBe(200);
    },
  );

  test('with two names are refused', async () => {
    const { host } = new URL(address);
    const reply = await send(
      `GET /api/session HTTP/1.1\r\nHost: ${host}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
    );
    expect(reply).toMatch(/^HTTP\/1\.1 40[03] /);
  });

  test.each([
    'http://evil.example',
    'null',
    'https://127.0.0.1:PORT',
    'http://127.0.0.1:1',
    'http://localhost:PORT',
    'file://',
    '',
  ])('from the origin %j are refused', async (origin) => {
    const named = origin.replace('PORT', new URL(address).port);
    const reply = await ask(address, '/api/runs/image', { headers: { Origin: named } });
    expect(reply.status).toBe(403);
  });

  test('from the own origin are answered', async () => {
    const { origin } = new URL(address);
    expect(
      (await ask(address, '/api/session', { headers: { Origin: origin, 'Sec-Fetch-Site': 'same-origin' } })).status,
    ).toBe(200);
  });

  test('that browsers mark as foreign are refused, but for opening the page', async () => {
    for (const site of ['cross-site', 'same-site']) {
      for (const dest of ['image', 'script', 'empty', 'iframe', 'worker']) {
        const headers = { 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': dest };
        expect((await ask(address, '/api/runs/image', { headers })).status).toBe(403);
      }
      const framed = { 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' };
      expect((await ask(address, '/', { headers: framed })).status).toBe(403);
      const opened = { ...framed, 'Sec-Fetch-Dest': 'document' };
      expect((await ask(address, '/', { headers: opened })).status).toBe(200);
    }
  });
});

describe('methods', () => {
  test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])('%s does nothing', async (method) => {
    for (const path of ['/', '/api/session', '/api/events', '/api/runs/image/files/run.json']) {
      const { status, headers } = await ask(address, path, { method });
      expect(status).toBe(405);
      expect(headers.allow).toBe('GET, HEAD');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  test('POST is for maps alone, and GET is not for maps', async () => {
    const maps = '/api/runs/image/frames/0/layers/layer1/maps';
    expect((await ask(address, '/api/session', { method: 'POST' })).status).toBe(405);
    expect((await ask(address, '/', { method: 'POST' })).status).toBe(405);
    const read = await ask(address, maps);
    expect([read.status, read.headers.allow]).toEqual([405, 'POST']);
  });

  test('maps are asked for in JSON, which no form can send, and not at length', async () => {
    const maps = '/api/runs/image/frames/0/layers/layer1/maps';
    const body = JSON.stringify({ neurons: [0] });
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=application/json',
      '',
    ]) {
      expect((await ask(address, maps, { method: 'POST', body, headers: { 'Content-Type': type } })).status).toBe(415);
    }
    const headers = { 'Content-Type': 'application/json' };
    const long = JSON.stringify({ neurons: Array.from({ length: 600_000 }, () => 0) });
    expect((await ask(address, maps, { method: 'POST', body: long, headers })).status).toBe(413);
    // Without its length announced.
    const { host, searchParams } = new URL(address);
    const admitted = `/token/${searchParams.get('token')}${maps}`;
    const chunk = `${(2 ** 16).toString(16)}\r\n${' '.repeat(2 ** 16)}\r\n`;
    const chunked = await send(
      `POST ${admitted} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(20)}`,
    );
    expect(chunked).toMatch(/^HTTP\/1\.1 413 /);
  });
});

test.each([
  ['no HTTP at all', 'hello\r\n\r\n'],
  [
    'a target that is an address of another server',
    'GET http://evil.example/ HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n',
  ],
  ['a target without a slash', 'GET api/session HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n'],
  ['a target of asterisk form', 'OPTIONS * HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n'],
  ['no name of the server', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ['an empty name of the server', 'GET / HTTP/1.1\r\nHost: \r\nConnection: close\r\n\r\n'],
  ['an endless target', `GET /${'a'.repeat(10_000)} HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n`],
  ['endless headers', `GET / HTTP/1.1\r\nHost: HOST\r\nX: ${'a'.repeat(40_000)}\r\n\r\n`],
])('%s is refused, and the server goes on', async (_, text) => {
  const reply = await send(text.replace('HOST', new URL(address).host));
  expect(reply).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect((await ask(address, '/api/session')).status).toBe(200);
});

describe('files of a run from a stranger', () => {
  test.each(['evil.js', 'evil.mjs', 'evil.html', 'evil.svg', 'evil.xhtml', 'evil.wasm', 'evil', 'evil.JS'])(
    '%s run nothing in the page',
    async (name) => {
      await writeFile(join(bench.image.folder, name), '<script>alert(1)</script>');
      const { status, headers } = await ask(address, `/api/runs/image/files/${name}`);
      expect(status).toBe(200);
      expect(headers['content-type']).not.toMatch(/javascript|wasm|xhtml/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-security-policy']).toMatch(/^sandbox; default-src 'none';/);
      expect(headers['content-security-policy']).not.toMatch(/script-src|allow-scripts/);
    },
  );
});

test('every answer has the headers that keep the page to itself', async () => {
  const answers = [
    ask(address, '/'),
    ask(address, '/assets/index-abc.js'),
    ask(address, '/api/session'),
    ask(address, '/api/runs/image/frames/0/signal.npy'),
    ask(address, '/api/panels/@test/plugins'),
    ask(address, '/api/nothing'),
    ask(address, '/%'),
    ask(address, '/', { headers: { Host: 'evil.example' } }),
    ask(address, '/', { method: 'PUT' }),
  ];
  for (const { headers } of await Promise.all(answers)) {
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringMatching(POLICY),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'x-frame-options': 'DENY',
    });
    expect(headers['content-security-policy']).not.toMatch(/unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')|\*/);
    expect(headers.server ?? headers['x-powered-by']).toBeUndefined();
  }
});
