import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { create } from '../src/create.js';

const BIN = fileURLToPath(new URL('../bin/create-xinc-plugin.js', import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'create-xinc-plugin-'));
  // npm's own, where the tests were started with it.
  vi.stubEnv('npm_config_kind', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** What is said, of the command where nobody sits at a terminal. */
async function said(...args: string[]): Promise<string> {
  const lines: string[] = [];
  await create(args, (line) => lines.push(line));
  return lines.join('\n');
}

test('the command makes a plugin, and says what to type next', () => {
  const args = ['my net', '--kind', 'network', '--name', '@me/waves'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { cwd: folder, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^Made the network @me\/waves in .*my net: \d+ files\. Next:\n/);
  const commands = stdout
    .split('\n')
    .flatMap((line) => (/^ {2}\S/.test(line) ? [line.replace(/ +#.*/, '').trim()] : []));
  expect(commands).toEqual([
    'cd "my net"',
    'npm install',
    'npm test',
    'npm run check',
    'npm run build',
    'npx xinc explain photo.jpg --plugin . --model waves',
    'npx xinc layers xinc-runs/photo-waves --plugin .',
  ]);
  expect(readFileSync(join(folder, 'my net', 'src', 'network.ts'), 'utf8')).toContain("name: 'waves'");
});

test.each(['network', 'grouping', 'analysis', 'panel'])(
  'the file of a %s that is said to be changed first is there',
  async (kind) => {
    const [, file] = /^Change (\S+) into yours/m.exec(await said(join(folder, kind), '--kind', kind))!;
    expect(readFileSync(join(folder, kind, file), 'utf8')).not.toBe('');
  },
);

test('the command refuses in one line, with status 2', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, folder], { encoding: 'utf8', input: '' });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toBe('create-xinc-plugin: say what it is with --kind: network, grouping, analysis, panel\n');
});

test('--help and --version make nothing', async () => {
  expect(await said('--help', join(folder, 'x'))).toContain('npm create xinc-plugin my-net -- --kind network');
  expect(await said('--version', join(folder, 'x'))).toMatch(/^\d+\.\d+\.\d+$/);
  expect(readdirSync(folder)).toEqual([]);
});

test.each<[string, string[], RegExp]>([
  ['a kind that there is not', ['x', '--kind', 'toaster'], /'toaster' is invalid.*network, grouping, analysis, panel/],
  ['an option that there is not', ['x', '--knid', 'network'], /unknown option '--knid'.*--kind/],
  ['an option without its value', ['x', '--kind'], /option '--kind <kind>' argument missing/],
  ['two folders', ['x', 'y', '--kind', 'panel'], /too many arguments/],
  ['a folder that cannot name a package', ['3d', '--kind', 'panel'], /called '3d'.*: give another with --name$/],
  ['a name that npm does not take', ['x', '--kind', 'panel', '--name', 'A'], /^--name: npm does not take the name 'A'/],
])('%s is refused in one line, and nothing is made', async (_what, [name, ...args], message) => {
  const refused = await said(join(folder, name), ...args).catch((error: Error) => error.message);
  expect(refused).toMatch(message);
  expect(refused).not.toContain('\n');
  expect(readdirSync(folder)).toEqual([]);
});

test('where nobody can be asked, what is missing is named', async () => {
  await expect(said()).rejects.toThrow('name a folder (npm create xinc-plugin my-net -- --kind network)');
  vi.stubEnv('npm_config_kind', 'network');
  await expect(said(join(folder, 'x'))).rejects.toThrow('npm took --kind for its own: put -- before it');
  expect(readdirSync(folder)).toEqual([]);
});
