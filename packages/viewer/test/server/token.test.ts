import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import { ask } from './ask.js';
import { workbench } from './made-runs.js';

/* A server that other machines reach. */

const bench = workbench();

/** A viewer on all addresses of this machine, called by that of this machine alone. */
async function reachable() {
  const { address } = await bench.start({ host: '0.0.0.0' });
  const { port, searchParams } = new URL(address);
  return { address, local: `http://127.0.0.1:${port}/`, port, token: searchParams.get('token')! };
}

describe('a viewer that other machines reach', () => {
  test('prints an address with a long token, another each time', async () => {
    const [first, second] = [await reachable(), await reachable()];
    expect(first.token).toMatch(/^[\w-]{32}$/);
    expect(second.token).not.toBe(first.token);
    expect(new URL(first.address).hostname).not.toBe('0.0.0.0');
  });

  test('answers nothing without it', async () => {
    const { local, token, port } = await reachable();
    const wrong = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    for (const path of [
      '/',
      '/assets/index-abc.js',
      '/api/session',
      '/api/events',
      '/api/runs/image/files/run.json',
      '/api/panels/@test/plugins',
      '/nothing',
    ]) {
      for (const [query, cookie] of [
        ['', ''],
        ['?token=', ''],
        [`?token=${wrong}`, ''],
        [`?token=${token}x`, ''],
        [`?Token=${token}`, ''],
        ['', `xinc-${port}=${wrong}`],
        ['', `xinc-1=${token}`],
        ['', `other=xinc-${port}=${token}`],
      ]) {
        const reply = await ask(local, `${path}${query}`, { headers: { Cookie: cookie } });
        expect([path, query, cookie, reply.status]).toEqual([path, query, cookie, 401]);
        expect(reply.headers['set-cookie']).toBeUndefined();
        expect(reply.body.toString()).not.toContain(token);
      }
    }
  });

  test('answers with it, and from then on by a cookie that scripts and other sites do not see', async () => {
    const { local, token, port } = await reachable();
    const first = await ask(local, `/?token=${token}`);
    expect(first.status).toBe(200);
    expect(first.headers['set-cookie']).toEqual([`xinc-${port}=${token}; Path=/; HttpOnly; SameSite=Lax`]);
    const cookie = first.headers['set-cookie']![0].split(';')[0];
    const next = await ask(local, '/api/session', { headers: { Cookie: `theme=dark; ${cookie}` } });
    expect(next.status).toBe(200);
    expect(next.headers['set-cookie']).toBeUndefined();
  });

  test('still refuses foreign names and origins', async () => {
    const { local, token, port } = await reachable();
    const path = `/api/session?token=${token}`;
    expect((await ask(local, path, { headers: { Host: `evil.example:${port}` } })).status).toBe(403);
    expect((await ask(local, path, { headers: { Origin: 'http://evil.example' } })).status).toBe(403);
    expect((await ask(local, path, { headers: { Host: `${hostname()}:${port}` } })).status).toBe(200);
  });
});

test('a viewer that this machine alone reaches asks for the token all the same: others use the machine too', async () => {
  for (const host of [undefined, '127.0.0.1', 'localhost']) {
    const { address } = await bench.start(host === undefined ? {} : { host });
    const { port, searchParams } = new URL(address);
    expect(searchParams.get('token')).toMatch(/^[\w-]{32}$/);
    for (const path of ['/', '/api/session', '/api/events', '/api/runs/image/files/run.json', '/assets/index-abc.js']) {
      const reply = await ask(`http://127.0.0.1:${port}/`, path);
      expect([path, reply.status]).toEqual([path, 401]);
      expect(reply.body.toString()).not.toMatch(/image|cat|XINC/);
    }
    if (host === 'localhost') continue;
    expect((await ask(address, '/api/session')).status).toBe(200);
  }
});

test('a viewer that other machines reach is not begun without a token', async () => {
  await expect(bench.start({ host: '0.0.0.0', token: false })).rejects.toMatchObject({
    code: 'invalid-option',
    message: '`token: false`: other machines reach 0.0.0.0. Leave one of `token: false` and `host` out.',
  });
});

test('a viewer that this machine alone reaches asks for no token where it is told so', async () => {
  for (const host of [undefined, '127.0.0.1', 'localhost']) {
    const { address } = await bench.start({ token: false, ...(host !== undefined && { host }) });
    expect(address).toMatch(host === 'localhost' ? /^http:\/\/localhost:\d+\/$/ : /^http:\/\/127\.0\.0\.1:\d+\/$/);
    const { port } = new URL(address);
    if (host !== 'localhost') expect((await ask(`http://127.0.0.1:${port}/`, '/api/session')).status).toBe(200);
  }
});

describe('starting', () => {
  test('at a port that is taken is refused, naming it', async () => {
    const { address } = await bench.start();
    const port = Number(new URL(address).port);
    await expect(bench.start({ port })).rejects.toMatchObject({
      code: 'invalid-option',
      message: `\`port: ${port}\`: something else listens there. Choose another, or leave it out for a free one.`,
    });
  });

  test('at an address that is not this machine’s is refused', async () => {
    await expect(bench.start({ host: '192.0.2.1' })).rejects.toThrow(
      /`host: 192\.0\.2\.1`: the viewer cannot listen there/,
    );
  });

  test('without a page is refused, saying what to do', async () => {
    await expect(bench.start({ page: bench.folder })).rejects.toThrow(
      /page is missing: .*index\.html\. Build it: pnpm build\./,
    );
  });

  test('with runs of one name gives each its own address', async () => {
    const { image } = bench;
    const named = (name: string) => ({ ...image.source, name });
    const names = ['a b', 'a-b', '<script>', '../..', 'Straße', '日本'];
    const { address } = await bench.start({ runs: names.map(named) });
    const { runs } = (await ask(address, '/api/session')).json<{ runs: { id: string; name: string }[] }>();
    expect(runs).toEqual([
      { id: 'a-b', name: 'a b' },
      { id: 'a-b-2', name: 'a-b' },
      { id: 'script', name: '<script>' },
      { id: 'run', name: '../..' },
      { id: 'Stra-e', name: 'Straße' },
      { id: 'run-2', name: '日本' },
    ]);
    for (const { id } of runs) expect((await ask(address, `/api/runs/${id}`)).status).toBe(200);
  });
});
