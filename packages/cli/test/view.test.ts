import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeNpy } from '@xinc/core/formats';
import { describe, expect, test } from 'vitest';
import { hasDesktop, leadingFile } from '../src/terminal/browser.js';
import { ADDRESS, admitted, begin } from './begin.js';
import { workFolder, xinc } from './xinc.js';

const work = workFolder();
const quick = ['--steps', '40', '--set', 'width=12', '--set', 'fourierFeatures=10'];

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

const served = (address: string, path: string, options: RequestInit = {}) =>
  fetch(new URL(path, admitted(address)), options);
// biome-ignore lint/suspicious/noExplicitAny: answers are checked field by field
const json = async (address: string, path: string): Promise<any> => (await served(address, path)).json();
const array = async (address: string, path: string, options: RequestInit = {}) =>
  decodeNpy(new Uint8Array(await (await served(address, path, options)).arrayBuffer()), path);

describe('xinc view', () => {
  test('shows runs until Ctrl-C, with the numbers of the other commands', async () => {
    const run = work.file('cat #1');
    expect((await xinc(['explain', work.picture, '--out', run, ...quick, '--groupings', 'grid:2x2'])).status).toBe(0);
    const view = begin(['view', run]);
    const [address] = await view.said(ADDRESS, 'stdout');
    const { runs, plugins } = await json(address, 'api/session');
    expect(runs).toEqual([{ id: 'cat-1', name: 'cat #1' }]);
    expect(plugins.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['ffn', 'rgb', 'canvas', 'ort']),
    );

    const shown = await json(address, 'api/runs/cat-1');
    expect(shown).toMatchObject({
      ready: true,
      model: { title: 'Fourier feature network' },
      training: { step: 40, live: false },
    });
    expect(shown.groupings).toEqual([{ name: 'grid-2-2-cells', title: 'grid:2x2', frames: [0], byFrame: false }]);
    const canvas = shown.analyses.find(({ name }: { name: string }) => name === 'canvas');
    const files = [...canvas.figures, ...canvas.tables, ...canvas.arrays];
    expect(files.length).toBeGreaterThan(3);
    for (const { file } of files) {
      const path = `api/runs/cat-1/files/${file.split('/').map(encodeURIComponent).join('/')}`;
      const found = await served(address, path);
      expect(found.status).toBe(200);
      expect(Buffer.from(await found.arrayBuffer())).toEqual(await readFile(join(run, ...file.split('/'))));
    }

    expect(
      (await xinc(['trace', run, '--layer', 'layer2', '--neurons', '0,5', '--out', work.file('maps.npy')])).status,
    ).toBe(0);
    const traced = decodeNpy(await readFile(work.file('maps.npy')), 'maps');
    const maps = await array(address, 'api/runs/cat-1/frames/0/layers/layer2/maps', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ neurons: [0, 5] }),
    });
    expect(maps).toEqual(traced);
    const labels = await json(address, 'api/runs/cat-1/frames/0/labels/grid-2-2-cells');
    expect(labels.groups).toHaveLength(4);
    expect((await array(address, labels.labels)).shape).toEqual([18, 26]);

    view.interrupt();
    expect(await view.ended).toBe(0);
    await expect(fetch(address)).rejects.toThrow();
  });

  test('prints its address as JSON, at the port asked for', async () => {
    const run = work.file('json');
    expect((await xinc(['train', work.picture, '--out', run, ...quick])).status).toBe(0);
    const first = begin(['view', run, '--json']);
    const { address, runs } = JSON.parse((await first.said(/.*\n/, 'stdout'))[0]);
    expect(runs).toEqual([run]);
    const { port } = new URL(address);
    const refused = await xinc(['view', run, '--port', port]);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain(`--port ${port}: something else listens there`);
    first.interrupt();
    expect(await first.ended).toBe(0);
    const second = begin(['view', run, '--port', port, '--quiet']);
    expect(new URL((await second.said(ADDRESS, 'stdout'))[0]).origin).toBe(new URL(address).origin);
    second.interrupt();
    expect(await second.ended).toBe(0);
  });

  test('asks for its token, unless told otherwise', async () => {
    const run = work.file('alone');
    expect((await xinc(['train', work.picture, '--out', run, ...quick])).status).toBe(0);
    const guarded = begin(['view', run]);
    const [address] = await guarded.said(ADDRESS, 'stdout');
    expect((await fetch(new URL('api/session', address))).status).toBe(401);
    expect((await fetch(address)).status).toBe(200);
    guarded.interrupt();
    const open = begin(['view', run, '--no-token']);
    const [plain] = await open.said(/http:\/\/127\.0\.0\.1:\d+\/\n/, 'stdout');
    expect((await fetch(new URL('api/session', plain.trim()))).status).toBe(200);
    open.interrupt();
    const refused = await xinc(['view', run, '--no-token', '--host', '0.0.0.0']);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('--no-token: other machines reach 0.0.0.0');
    expect((await xinc(['train', work.picture, '--out', run, '--no-token'])).stderr).toContain(
      '--no-token: nothing is shown. Add --view.',
    );
  });

  test('keeps its token for the next time, and makes another when asked', async () => {
    const run = work.file('kept');
    expect((await xinc(['train', work.picture, '--out', run, ...quick])).status).toBe(0);
    const env = { XINC_CONFIG: work.file('settings of a viewer') };
    const secret = join(env.XINC_CONFIG, 'viewer-secret');
    const port = await freePort();
    const view = async (...more: string[]) => {
      const started = begin(['view', run, '--port', port, ...more], env);
      const [address] = await started.said(ADDRESS, 'stdout');
      started.interrupt();
      await started.ended;
      return { address, said: started.stderr };
    };
    const first = await view();
    if (process.platform !== 'win32') expect((await stat(secret)).mode & 0o777).toBe(0o600);
    expect((await view()).address).toBe(first.address);
    const renewed = await view('--new-token');
    expect(renewed.address).not.toBe(first.address);
    expect((await view()).address).toBe(renewed.address);
    await writeFile(secret, 'short');
    const repaired = await view();
    expect(repaired.said).toContain(`${secret} is damaged: the viewer has a new token`);
    expect((await view()).address).toBe(repaired.address);
    if (process.platform !== 'win32') {
      await chmod(secret, 0o644);
      const again = await view();
      expect(again.said).toContain(`${secret} could be read by other users: the viewer has a new token`);
      expect(again.address).not.toBe(repaired.address);
    }
    const refused = await xinc(['view', run, '--new-token', '--no-token']);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain(
      '--new-token, --no-token: a viewer without a token has no new one. Leave one of them out.',
    );
  });

  test('asks for a token where other machines reach it', async () => {
    const run = work.file('token');
    expect((await xinc(['train', work.picture, '--out', run, ...quick])).status).toBe(0);
    const view = begin(['view', run, '--host', '0.0.0.0']);
    const [, port, token] = await view.said(/http:\/\/[^/]+:(\d+)\/\?token=([\w-]{32})\n/, 'stdout');
    const local = `http://127.0.0.1:${port}/`;
    expect((await fetch(local)).status).toBe(401);
    expect((await fetch(`${local}?token=${token}`)).status).toBe(200);
    view.interrupt();
    expect(await view.ended).toBe(0);
  });

  test('refuses what is no run, and shows a broken one beside the others', async () => {
    expect((await xinc(['view', work.file('nowhere')])).stderr).toContain('does not exist');
    expect((await xinc(['view'])).status).toBe(2);
    const run = work.file('well');
    expect((await xinc(['train', work.picture, '--out', run, ...quick])).status).toBe(0);
    await mkdir(work.file('broken'));
    await writeFile(work.file('broken/run.json'), '{');
    const view = begin(['view', work.file('broken'), run]);
    const [address] = await view.said(ADDRESS, 'stdout');
    expect((await json(address, 'api/session')).runs).toEqual([
      { id: 'broken', name: 'broken', problem: expect.stringContaining('it is not JSON') },
      { id: 'well', name: 'well' },
    ]);
    view.interrupt();
    expect(await view.ended).toBe(0);
  });

  test('serves the panel of a plugin', async () => {
    const tutorial = fileURLToPath(new URL('../../../examples/plugin-tutorial', import.meta.url));
    const run = work.file('panel');
    expect((await xinc(['train', work.picture, '--out', run, ...quick])).status).toBe(0);
    const view = begin(['view', run, '--plugin', tutorial]);
    const [address] = await view.said(ADDRESS, 'stdout');
    const { plugins } = await json(address, 'api/session');
    const { panel, ...plugin } = plugins.find(({ name }: { name: string }) => name === 'quiet-neurons');
    expect(plugin).toMatchObject({ kind: 'analysis', package: 'xinc-plugin-tutorial', version: '0.1.0' });
    const panelText = await (await served(address, panel)).text();
    expect(panelText).toBe(await readFile(join(tutorial, 'panel.js'), 'utf8'));
    view.interrupt();
    expect(await view.ended).toBe(0);
  });

  test('says why a run cannot be shown whose model is not installed', async () => {
    const run = work.file('foreign');
    expect((await xinc(['train', work.picture, '--out', run, ...quick])).status).toBe(0);
    const path = join(run, 'run.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"name": "ffn"', '"name": "tardis"'));
    const view = begin(['view', run]);
    const [address] = await view.said(ADDRESS, 'stdout');
    const { problem } = (await json(address, 'api/session')).runs[0];
    expect(problem).toContain("There is no model 'tardis'");
    view.interrupt();
    expect(await view.ended).toBe(0);
  });
});

describe('--view', () => {
  test('shows a run from before its first step, follows its training, and goes on until Ctrl-C', async () => {
    const run = work.file('followed');
    const args = ['train', work.picture, '--out', run, '--size', '96x128', '--steps', '250', '--view'];
    const train = begin(args);
    const [address] = await train.said(ADDRESS);
    expect(train.stderr).not.toContain('Trained');
    const seen: { ready: boolean; version: number; step: number; live: boolean }[] = [];
    while (!train.stdout.includes('PSNR')) {
      const { ready, weightsVersion, training } = await json(address, 'api/runs/followed');
      seen.push({ ready, version: weightsVersion, step: training.step, live: training.live });
      if (ready) {
        const { shape } = await array(address, `api/runs/followed/frames/0/reconstruction.npy?v=${weightsVersion}`);
        expect(shape).toEqual([96, 128, 3]);
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    expect(seen[0]).toMatchObject({ ready: false, live: true });
    const [steps, versions] = [seen.map(({ step }) => step), seen.map(({ version }) => version)];
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    const last = await json(address, 'api/runs/followed');
    expect(last).toMatchObject({ ready: true, psnr: expect.any(Number), training: { step: 250, live: false } });
    expect(existsSync(join(run, 'training-state.safetensors'))).toBe(false);
    await train.said(/goes on until Ctrl-C/);
    train.interrupt();
    expect(await train.ended).toBe(0);
  });

  test('stops with training at Ctrl-C, which goes on later as ever', async () => {
    const run = work.file('interrupted');
    const args = ['train', work.picture, '--out', run, '--size', '64x96', '--steps', '100000', '--view'];
    const train = begin(args);
    const [address] = await train.said(ADDRESS);
    const version = async () => (await json(address, 'api/runs/interrupted')).weightsVersion;
    // Two checkpoints, seconds apart.
    await expect.poll(version, { timeout: 20_000 }).toBeGreaterThan(0);
    await expect.poll(version, { timeout: 20_000 }).toBeGreaterThan(1000 + (await version()));
    train.interrupt();
    expect(await train.ended).toBe(130);
    expect(train.stderr).toMatch(/Stopped after step \d+ of 100000; repeat the command/);
    expect(existsSync(join(run, 'training-state.safetensors'))).toBe(true);
    await expect(fetch(address)).rejects.toThrow();
  });

  test('shows the analyses of explain as they are done', async () => {
    const explain = begin(['explain', work.picture, '--out', work.file('explained'), ...quick, '--view', '--quiet']);
    const [address] = await explain.said(ADDRESS);
    await explain.said(/report\.html/, 'stdout');
    const { analyses } = await json(address, 'api/runs/explained');
    expect(analyses.length).toBeGreaterThan(5);
    expect(analyses.every(({ problem }: { problem?: string }) => problem === undefined)).toBe(true);
    explain.interrupt();
    expect(await explain.ended).toBe(0);
  });

  test('listens where view would be told to', async () => {
    const port = await freePort();
    const place = ['--view', '--port', port, '--host', 'localhost', '--no-open'];
    const train = begin(['train', work.picture, '--out', work.file('placed'), ...quick, ...place]);
    await train.said(new RegExp(`Viewer: http://\\S+:${port}/`));
    await train.said(/goes on until Ctrl-C/);
    train.interrupt();
    expect(await train.ended).toBe(0);
  });
});

describe('a browser is opened', () => {
  test.skipIf(process.platform === 'win32')(
    'by a file that only its owner reads: programs are seen by all',
    async () => {
      const address = 'http://127.0.0.1:1234/?token=abc';
      const { folder, file } = await leadingFile(address);
      expect([(await stat(folder)).mode & 0o777, (await stat(file)).mode & 0o777]).toEqual([0o700, 0o600]);
      expect(await readFile(file, 'utf8')).toContain(`content="0;url=${address}"`);
      await rm(folder, { recursive: true });
    },
  );

  const linux = { DISPLAY: ':0' };
  test.each([
    ['on a desktop', linux, 'linux', true, true],
    ['under Wayland', { WAYLAND_DISPLAY: 'wayland-0' }, 'linux', true, true],
    ['not without a display', {}, 'linux', true, false],
    ['not in CI', { ...linux, CI: 'true' }, 'linux', true, false],
    ['not over SSH', { ...linux, SSH_CONNECTION: '1 2 3 4' }, 'linux', true, false],
    ['not from a script', linux, 'linux', false, false],
    ['on macOS', {}, 'darwin', true, true],
    ['on Windows', {}, 'win32', true, true],
    ['not where nobody knows how', {}, 'aix', true, false],
  ] as const)('%s', (_, environment, system, terminal, expected) => {
    expect(hasDesktop(environment, system, terminal)).toBe(expected);
  });
});
