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
        ['', `xinc-${port}=${token}`],
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
    expect(first.headers['set-cookie']).toEqual([
      expect.stringMatching(new RegExp(`^xinc-${port}=[\\w-]{32}; Path=/; HttpOnly; SameSite=Lax$`)),
    ]);
    // Browsers send cookies to every port of a host: this one is worth nothing once the viewer has ended.
    expect(first.headers['set-cookie']![0]).not.toContain(token);
    const cookie = first.headers['set-cookie']![0].split(';')[0];
    const next = await ask(local, '/api/session', { headers: { Cookie: `theme=dark; ${cookie}` } });
    expect(next.status).toBe(200);
    expect(next.headers['set-cookie']).toBeUndefined();
  });

  test('answers under the token in the path, and no other', async () => {
    const { local, token } = await reachable();
    const wrong = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    for (const path of ['/', '/api/session', '/api/runs/image/files/run.json']) {
      const reply = await ask(local, `/token/${token}${path}`);
      expect([path, reply.status, reply.headers['set-cookie']]).toEqual([path, 200, undefined]);
      expect((await ask(local, `/token/${wrong}${path}`)).status).toBe(401);
    }
    expect((await ask(local, `/token/${token}/token/${token}/`)).status).not.toBe(200);
    expect((await ask(local, `/token/${token}//`)).status).toBe(400);
    expect((await ask(local, '/token//')).status).toBe(400);
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

describe('in a frame of another page', () => {
  const inFrame = (site: string) => ({
    headers: { 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' },
  });

  test('a panel alone is shown to whoever brings the token in its path; the whole page to nobody', async () => {
    const { address } = await bench.start();
    const { origin, searchParams, port } = new URL(address);
    const under = `/token/${searchParams.get('token')}`;
    const local = `${origin}/`;
    for (const site of ['cross-site', 'same-site']) {
      const panel = await ask(local, `${under}/?embed=wall`, inFrame(site));
      expect(panel.status).toBe(200);
      expect(panel.headers).toMatchObject({ 'cross-origin-resource-policy': 'cross-origin' });
      expect(panel.headers['x-frame-options']).toBeUndefined();
      expect(panel.headers['content-security-policy']).not.toContain('frame-ancestors');
      expect(panel.headers['content-security-policy']).toContain("script-src 'self'");
      const whole = await ask(local, `${under}/`, inFrame(site));
      expect(whole.headers).toMatchObject({ 'x-frame-options': 'DENY' });
      expect(whole.headers['content-security-policy']).toContain("frame-ancestors 'none'");
      // A page that does not know the token has the browser's cookie at most.
      const cookie = (await ask(local, `/?token=${searchParams.get('token')}`)).headers['set-cookie']![0].split(';')[0];
      expect(cookie).toContain(`xinc-${port}=`);
      const { headers } = inFrame(site);
      expect((await ask(local, '/?embed=wall', { headers: { ...headers, Cookie: cookie } })).status).toBe(403);
    }
    const own = await ask(local, `/?embed=wall&token=${searchParams.get('token')}`);
    expect(own.headers['x-frame-options']).toBe('DENY');
  });

  test('other requests of another page are refused with the token as well', async () => {
    const { address } = await bench.start();
    const { origin, searchParams } = new URL(address);
    for (const place of ['empty', 'script', 'embed', 'object']) {
      const headers = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': place };
      const path = `/token/${searchParams.get('token')}/?embed=wall`;
      expect([place, (await ask(`${origin}/`, path, { headers })).status]).toEqual([place, 403]);
    }
  });

  test('where no token is asked for, pages of this machine may show a panel', async () => {
    const { address } = await bench.start({ token: false });
    const { headers, status } = await ask(address, '/?embed=canvas', inFrame('cross-site'));
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toMatch(
      /frame-ancestors 'self' http:\/\/localhost:\* http:\/\/127\.0\.0\.1:\*/,
    );
    expect((await ask(address, '/', inFrame('cross-site'))).headers['x-frame-options']).toBe('DENY');
  });
});

describe('links that go on working', () => {
  test('a secret gives the same token at the same address and port, and others elsewhere', async () => {
    const token = ({ address }: { address: string }) => new URL(address).searchParams.get('token');
    const first = await bench.start({ secret: 'kept' });
    const { port } = first;
    expect(new URL(first.address).port).toBe(String(port));
    const elsewhere = await bench.start({ secret: 'kept' });
    expect(token(elsewhere)).not.toBe(token(first));
    await first.close();
    const again = await bench.start({ secret: 'kept', port });
    expect(again.address).toBe(first.address);
    await again.close();
    const other = await bench.start({ secret: 'another', port });
    expect(token(other)).not.toBe(token(first));
    await other.close();
    const reached = await bench.start({ secret: 'kept', port, host: '0.0.0.0' });
    expect(token(reached)).not.toBe(token(first));
  });

  test('of several ports, the first that can be had is taken, and else any', async () => {
    const [taken, spare] = [await bench.start(), await bench.start()];
    await spare.close();
    expect((await bench.start({ port: [taken.port, spare.port] })).port).toBe(spare.port);
    const any = (await bench.start({ port: [taken.port, spare.port] })).port;
    expect([taken.port, spare.port]).not.toContain(any);
  });

  test('the page is told the token, for the links that it copies', async () => {
    const { address } = await bench.start();
    const { token } = (await ask(address, '/api/session')).json<{ token?: string }>();
    expect(token).toBe(new URL(address).searchParams.get('token'));
    const open = await bench.start({ token: false });
    expect((await ask(open.address, '/api/session')).json<object>()).not.toHaveProperty('token');
  });
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
