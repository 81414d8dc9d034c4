import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { workFolder } from './xinc.js';

/* The packages as npm installs them from tarballs, in a folder that `npm run test:packages` names in XINC_INSTALLED. */
const installed = process.env.XINC_INSTALLED ?? '';
const needs = installed ? '' : ' (needs tarballs: npm run test:packages)';
const npm = process.env.npm_execpath ?? '';
const work = workFolder();
const packagesFolder = fileURLToPath(new URL('../..', import.meta.url));
const packages = readdirSync(packagesFolder).map(
  (folder): string => JSON.parse(readFileSync(join(packagesFolder, folder, 'package.json'), 'utf8')).name,
);

/** `npx xinc …` in the folder. @param args and, last, what is added to the environment */
function npx(...given: (string | Readonly<Record<string, string>>)[]) {
  const args = given.filter((one) => typeof one === 'string');
  const env = given.find((one) => typeof one === 'object');
  const { status, stdout, stderr } = spawnSync(process.execPath, [npm, 'exec', '--offline', '--', 'xinc', ...args], {
    cwd: installed,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe.skipIf(!installed)(`installed from tarballs${needs}`, () => {
  test.each(packages)('%s holds what is built, its licence, and no dependency that only a workspace has', (name) => {
    const folder = join(installed, 'node_modules', ...name.split('/'));
    const { files, scripts, ...manifest } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    expect(JSON.stringify(manifest)).not.toContain('workspace:');
    expect(scripts).not.toHaveProperty('prepack');
    const allowed = ['LICENSE', 'README.md', 'package.json', 'node_modules', ...files];
    for (const entry of readdirSync(folder)) expect(allowed).toContain(entry);
    for (const entry of ['LICENSE', ...files]) expect(existsSync(join(folder, entry)), entry).toBe(true);
  });

  test('npx xinc --version prints the version', () => {
    const { version } = JSON.parse(readFileSync(join(packagesFolder, 'cli', 'package.json'), 'utf8'));
    expect(npx('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('npx xinc plugins finds the built-in ones', () => {
    const { status, stdout } = npx('plugins', '--json');
    expect(status).toBe(0);
    const plugins: { kind: string; name: string }[] = JSON.parse(stdout).plugins;
    const names = plugins.map(({ kind, name }) => `${kind} ${name}`);
    expect(names).toEqual(expect.arrayContaining(['inr ffn', 'inr nerv', 'engine ort', 'engine tfjs']));
  });

  test('npx xinc explain trains, traces, analyses and reports', () => {
    const run = work.file('run');
    const { status, stderr } = npx('explain', work.picture, '--out', run, '--steps', '20', '--set', 'width=12');
    expect(status, stderr).toBe(0);
    expect(readFileSync(join(run, 'report.html'), 'utf8')).toContain('layer1');
  });
});

const KINDS = ['network', 'grouping', 'analysis', 'panel'];
const own = (kind: string) => `own-${kind}`;

describe.skipIf(!installed)(`plugins made by npm create, of the packages installed from tarballs${needs}`, () => {
  /** npm in the folder; what it printed where it failed. */
  function run(...args: string[]): void {
    const options = { npm_config_audit: 'false', npm_config_fund: 'false', npm_config_loglevel: 'error' };
    const { status, stdout, stderr } = spawnSync(process.execPath, [npm, ...args], {
      cwd: installed,
      env: { ...process.env, ...options, ONNXRUNTIME_NODE_INSTALL: 'skip' },
      encoding: 'utf8',
    });
    expect(status, `npm ${args.join(' ')}\n${stdout}${stderr}`).toBe(0);
  }

  // All of them in one folder, with one node_modules: what they are built and tested with is fetched once.
  beforeAll(() => {
    for (const kind of KINDS) run('create', '--offline', 'xinc-plugin', `plugins/${own(kind)}`, '--', '--kind', kind);
    const path = join(installed, 'package.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    const dependencies = { ...manifest.dependencies, ...Object.fromEntries(KINDS.map((kind) => [own(kind), '*'])) };
    writeFileSync(path, JSON.stringify({ ...manifest, workspaces: ['plugins/*'], dependencies }));
    run('install');
    run('run', 'build', '--workspaces');
  });

  test('their own tests pass, as they stand', () => {
    run('test', '--workspaces');
  });

  test('their types are right by the types that the packages ship', () => {
    const project = join(installed, 'plugins', 'tsconfig.json');
    // The compiler is started once for all of them: they have the same settings.
    writeFileSync(
      project,
      `{ "extends": "./${own('panel')}/tsconfig.json", "include": ["*/src", "*/test", "*/*.ts"] }`,
    );
    run('exec', '--offline', '--', 'tsc', '--project', project);
  });

  test('they are found in a project that is trusted, and the network is trained, traced and analysed with them', () => {
    const settings = work.file('settings');
    expect(npx('plugins', '--trust', { XINC_CONFIG: settings }).status).toBe(0);
    const { plugins, broken, contract } = JSON.parse(npx('plugins', '--json', { XINC_CONFIG: settings }).stdout);
    expect(broken).toEqual([]);
    const found = plugins.filter(({ name }: { name: string }) => KINDS.map(own).includes(name));
    expect(found.map((plugin: { kind: string; contract: number }) => [plugin.kind, plugin.contract])).toEqual(
      ['inr', 'grouping', 'analysis', 'analysis'].map((kind) => [kind, contract]),
    );
    // One file for a browser.
    const { panel } = found.find(({ name }: { name: string }) => name === own('panel'));
    expect(readFileSync(panel, 'utf8')).not.toMatch(/^import\b/m);

    const run = work.file('own');
    const chosen = [
      '--model',
      own('network'),
      '--set',
      'width=8',
      '--steps',
      '5',
      '--groupings',
      `${own('grouping')}:3`,
    ];
    const explained = npx('explain', work.picture, '--out', run, ...chosen, { XINC_CONFIG: settings });
    expect(explained.status, explained.stderr).toBe(0);
    const read = (...parts: string[]) => readFileSync(join(run, ...parts), 'utf8');
    expect(read('report.html')).toContain('How few neurons do the work');
    const table = read('analysis', own('panel'), 'strongest.csv');
    for (const layer of ['input', 'blocks.0.first', 'blocks.2.second', 'output'])
      expect(table).toContain(`\n0,${layer},1,`);
    const completeness = JSON.parse(read('analysis', 'completeness', 'result.json'));
    expect(completeness.values.complete).toBe(true);
    expect(
      existsSync(join(run, 'analysis', 'grouping-variance', 'frame-0000', 'output', `${own('grouping')}.npy`)),
    ).toBe(true);
  });
});

test.skipIf(!installed)(`npm pack and npm publish are refused in one line that names pnpm${needs}`, () => {
  const args = ['pack', '--dry-run', '--loglevel=silent'];
  const { status, stderr } = spawnSync(process.execPath, [npm, ...args], {
    cwd: join(packagesFolder, 'core'),
    encoding: 'utf8',
  });
  expect(status).not.toBe(0);
  expect(stderr.trim()).toMatch(/^Packages of XINC are packed and published by pnpm \(pnpm pack, .*\)\.$/);
});
