import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inferShape } from '@xinc/core/graph';
import { expect, test } from 'vitest';
import { workFolder, xinc } from './xinc.js';

const work = workFolder();
const root = fileURLToPath(new URL('../../..', import.meta.url));
const tutorial = join(root, 'examples', 'plugin-tutorial');

test('the code in docs/plugins.md is that of the example', async () => {
  const page = await readFile(join(root, 'docs', 'plugins.md'), 'utf8');
  const blocks = [...page.matchAll(/```(?:js|json)\n(.*?)\n```/gs)].map(([, code]) => code.trim());
  const names = ['package.json', 'index.js', 'rings.js', 'quiet-neurons.js', 'sines.js', 'mfn.js', 'panel.js'];
  for (const name of names) {
    const file = (await readFile(join(tutorial, name), 'utf8')).trim();
    expect(blocks.includes(file), name).toBe(true);
  }
});

test('docs/plugins.md names every operation of a forward pass', async () => {
  const page = await readFile(join(root, 'docs', 'plugins.md'), 'utf8');
  const [section] = /^## The operations of a forward pass$.*?(?=^## )/ms.exec(page)!;
  const named = [...section.matchAll(/`(\w+)[(`]/g)].map(([, name]) => name);
  expect(Object.keys(inferShape).filter((name) => !named.includes(name))).toEqual([]);
});

test('a stranger’s model, grouping and analysis work by the same door as the built-in ones', async () => {
  const run = work.file('sines');
  const plugin = ['--plugin', tutorial];
  const args = [
    'explain',
    work.picture,
    ...plugin,
    '--model',
    'sines',
    '--steps',
    '60',
    '--groupings',
    'rings:4,grid:2x2',
  ];
  const explained = await xinc([...args, '--out', run, '--json']);
  expect(explained.status, explained.stderr).toBe(0);
  expect(JSON.parse(explained.stdout).analyses).toContain('quiet-neurons');
  const read = async (...parts: string[]) => readFile(join(run, ...parts), 'utf8');
  expect(await read('analysis', 'quiet-neurons', 'quiet.csv')).toMatch(
    /^frame,layer,neurons \[neurons\],quiet \[neurons\]\n0,layer2,64,/,
  );
  expect(await read('report.html')).toContain('Quiet neurons');
  const completeness = JSON.parse(await read('analysis', 'completeness', 'result.json'));
  expect(completeness.findings[0]).toContain('add up to the pre-activations');
  const variances = await readFile(join(run, 'analysis', 'grouping-variance', 'frame-0000', 'layer2', 'rings.npy'));
  expect(variances.length).toBeGreaterThan(128);
  // Without the plugin the run is still a run, and what is missing is named.
  const alone = await xinc(['report', run]);
  expect(alone.status).toBe(1);
  expect(alone.stderr).toContain(
    `There is no model 'sines', which ${run} was made with. It is of xinc-plugin-tutorial 0.1.0: give that plugin with --plugin PATH.`,
  );
});

test('what to type next has the plugin in it', async () => {
  const run = work.file('a place with sines');
  const args = ['train', work.picture, '--plugin', tutorial, '--model', 'sines', '--steps', '2', '--out', run];
  const { status, stdout, stderr } = await xinc(args);
  expect(status, stderr).toBe(0);
  expect(stdout).toContain(`\nNext: xinc analyze "${run}" --plugin ${tutorial}\n`);
});

test('a layer that computes its own maps tells its completeness, and its neurons are switched off', async () => {
  const run = work.file('mfn');
  const args = ['--plugin', tutorial, '--model', 'mfn', '--set', 'width=8', '--steps', '60', '--out', run];
  const explained = await xinc(['explain', work.picture, ...args]);
  expect(explained.status, explained.stderr).toBe(0);
  const result = async (name: string) => JSON.parse(await readFile(join(run, 'analysis', name, 'result.json'), 'utf8'));
  const completeness = await result('completeness');
  expect(completeness.values.complete).toBe(true);
  expect(completeness.tables[0].rows.map(([, layer]: [number, string]) => layer)).toEqual(['products', 'output']);
  expect(Object.keys((await result('faithfulness')).values.rankCorrelation)).toEqual(['products', 'output']);
});
