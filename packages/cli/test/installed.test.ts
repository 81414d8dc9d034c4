import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
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

/** `npx xinc …` in the folder. */
function npx(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [npm, 'exec', '--offline', '--', 'xinc', ...args], {
    cwd: installed,
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

test.skipIf(!installed)(`npm pack and npm publish are refused in one line that names pnpm${needs}`, () => {
  const args = ['pack', '--dry-run', '--loglevel=silent'];
  const { status, stderr } = spawnSync(process.execPath, [npm, ...args], {
    cwd: join(packagesFolder, 'core'),
    encoding: 'utf8',
  });
  expect(status).not.toBe(0);
  expect(stderr.trim()).toMatch(/^Packages of XINC are packed and published by pnpm \(pnpm pack, .*\)\.$/);
});
