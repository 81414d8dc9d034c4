import { access, chmod, mkdir, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type Outcome, workFolder, xinc } from './xinc.js';

/* What a project near the working directory names is executed by the user's word alone. */
const work = workFolder();
let project: string;
let mark: string;

async function write(path: string, content: string | object) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
}

async function install(name: string): Promise<void> {
  const folder = join(project, 'node_modules', name);
  const keywords = ['xinc-plugin'];
  await write(join(folder, 'package.json'), { name, version: '1.0.0', type: 'module', keywords, xinc: './entry.js' });
  await write(
    join(folder, 'entry.js'),
    `import { appendFileSync } from 'node:fs';
     appendFileSync(${JSON.stringify(mark)}, '${name}\\n');
     export default { kind: 'engine', name: '${name}-engine', title: 'Near', devices: ['cpu'], async create() { throw new Error('none'); } };`,
  );
}

const run = (args: readonly string[], cwd = project): Promise<Outcome> =>
  xinc(args, { cwd, env: { XINC_CONFIG: work.file('settings') } });
const executed = () =>
  access(mark).then(
    () => true,
    () => false,
  );

beforeAll(async () => {
  // Without links, as it is told.
  project = join(await realpath(work.path), 'stranger');
  mark = work.file('executed');
  await write(join(project, 'package.json'), { dependencies: { near: '*', '../../etc': '*' } });
  await install('near');
  await mkdir(join(project, 'runs', 'deep'), { recursive: true });
});

test.each([
  [['plugins']],
  [['report', '.']],
  [['view', '.']],
  [['trace', '.', '--layer', 'layer1', '--out', 'x.npy']],
  [['doctor', '--json']],
  [['plugins', '--quiet']],
])('%j in a stranger’s project executes nothing of it, and says so', async (args) => {
  const { stderr } = await run(args, join(project, 'runs', 'deep'));
  expect(stderr).toContain(
    `Not loaded: the plugin near of ${project}, since it is not trusted. If it is yours: xinc plugins --trust; for one command: --plugin PATH.\n`,
  );
  expect(await executed()).toBe(false);
});

test('an engine of it is told to be there, and not to be trusted', async () => {
  const { status, stderr } = await run(['train', work.picture, '--engine', 'near-engine', '--out', work.file('x')]);
  expect(status).toBe(2);
  expect(stderr).toContain(`There is no engine 'near-engine' (not loaded, since ${project} is not trusted: near)`);
});

test('--plugin and XINC_PLUGINS load it for one command', async () => {
  const path = join(project, 'node_modules', 'near');
  const line = `Plugin: near 1.0.0, ${join(path, 'entry.js')}\n`;
  for (const { stdout, stderr } of [
    await run(['plugins', '--plugin', path]),
    await xinc(['plugins'], { cwd: project, env: { XINC_CONFIG: work.file('settings'), XINC_PLUGINS: path } }),
  ]) {
    expect(stderr).toBe(line);
    expect(stdout).toContain('near-engine');
    expect(stdout).toContain('      from near 1.0.0, which does not say its contract\n');
  }
});

test('a project that was trusted is loaded, until it names something new, or is trusted no longer', async () => {
  const trusted = await run(['plugins', '--trust'], join(project, 'runs'));
  expect(trusted.stdout).toContain(`Trusted: near of ${project} (${work.file(join('settings', 'trust.json'))})`);
  expect((await run(['plugins'])).stdout).toContain('near-engine');
  await install('newcomer');
  await write(join(project, 'package.json'), { dependencies: { near: '*', newcomer: '*' } });
  const grown = await run(['plugins']);
  expect(grown.stdout).toContain('near-engine');
  expect(grown.stdout).not.toContain('newcomer-engine');
  expect(grown.stderr).toContain(
    `Not loaded: the plugin newcomer of ${project}, since it was trusted before it named them.`,
  );
  expect((await run(['plugins', '--untrust', project], work.path)).stdout).toContain(
    `Not trusted any more: ${project}`,
  );
  expect((await run(['plugins'])).stdout).not.toContain('near-engine');
  expect((await run(['plugins', '--untrust'])).stderr).toContain(`${project} is not trusted`);
});

test.skipIf(process.platform === 'win32')('what others can write to is not trusted', async () => {
  await chmod(project, 0o777);
  const { status, stderr } = await run(['plugins', '--trust']);
  await chmod(project, 0o755);
  expect(status).toBe(1);
  expect(stderr).toContain(`xinc: ${project} cannot be trusted: every user can write to ${project}\n`);
  expect((await run(['plugins', '--trust'])).status).toBe(0);
  await chmod(join(project, 'node_modules', 'near'), 0o777);
  const opened = await run(['plugins']);
  await chmod(join(project, 'node_modules', 'near'), 0o755);
  expect(opened.stderr).toContain(`since every user can write to ${join(project, 'node_modules', 'near')}`);
  expect(opened.stdout).not.toContain('near-engine');
});

test.skipIf(process.platform === 'win32')(
  "the list of trusted folders is its owner's alone, whatever the mask",
  async () => {
    const settings = work.file('unmasked');
    const before = process.umask(0);
    const { status, stderr } = await xinc(['plugins', '--trust'], {
      cwd: project,
      env: { XINC_CONFIG: settings },
    }).finally(() => process.umask(before));
    expect(status, stderr).toBe(0);
    expect((await stat(join(settings, 'trust.json'))).mode & 0o777).toBe(0o600);
    const again = await xinc(['plugins'], { cwd: project, env: { XINC_CONFIG: settings } });
    expect(again.stdout, again.stderr).toContain('near-engine');
  },
);

test('a project without plugins cannot be trusted, nor be trusted and not', async () => {
  const empty = work.file('empty');
  await write(join(empty, 'package.json'), {});
  expect((await run(['plugins', '--trust'], empty)).stderr).toContain(
    'its package.json names no plugin that is installed',
  );
  expect((await run(['plugins', '--trust', '--untrust'])).status).toBe(2);
});

test('a list of trusted folders that is damaged is told, and trusts nothing', async () => {
  await write(work.file(join('damaged', 'trust.json')), '{"folders": 7}');
  const { status, stderr } = await xinc(['plugins'], { cwd: project, env: { XINC_CONFIG: work.file('damaged') } });
  expect(status).toBe(1);
  expect(stderr).toContain('trust.json is not a list of trusted folders. Remove it, and trust your projects again.');
});
