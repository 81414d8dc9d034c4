import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeSafetensors, encodeNpy, encodeSafetensors } from '@xinc/core/formats';
import { beforeAll, describe, expect, test } from 'vitest';
import { workFolder, xinc } from './xinc.js';

/* What cannot be analysed is said in a line, the rest goes on, and the report says what was left out and why. */
const work = workFolder();
const [HEIGHT, WIDTH] = [18, 26];
const small = ['--steps', '20', '--set', 'width=12', '--set', 'fourierFeatures=10'];

/** An annotation with these labels, row by row. */
async function labels(name: string, height: number, width: number, of: (p: number) => number): Promise<string> {
  const path = work.file(name);
  const data = Uint8Array.from({ length: height * width }, (_, p) => of(p));
  await writeFile(path, encodeNpy({ shape: [height, width], data }));
  return path;
}

async function trained(name: string, ...options: string[]): Promise<string> {
  const run = work.file(name);
  const { status, stderr } = await xinc(['train', work.picture, '--out', run, ...small, ...options]);
  expect(status, stderr).toBe(0);
  return run;
}

/** Changes the weights of a run. */
async function reweigh(run: string, change: (name: string, weights: Float32Array) => void): Promise<void> {
  const path = join(run, 'weights.safetensors');
  const file = decodeSafetensors(await readFile(path), path);
  for (const [name, { data }] of Object.entries(file.tensors)) change(name, data as Float32Array);
  await writeFile(path, encodeSafetensors(file));
}

const reportOf = (run: string) => readFile(join(run, 'report.html'), 'utf8');
const leftOutOf = async (run: string) => /<section id="left-out".*?<\/section>/s.exec(await reportOf(run))![0];

test('labels of another size are refused with both sizes', async () => {
  const path = await labels('other.npy', 9, 13, () => 1);
  const { status, stderr } = await xinc(['train', work.picture, '--out', work.file('x'), '--labels', path, ...small]);
  expect(status).toBe(1);
  expect(stderr.trim().split('\n').at(-1)).toBe(`xinc: ${path}: the labels are 9×13, but the picture is 18×26`);
});

describe('labels with a single group', () => {
  let run: string;
  let stderr: string;
  beforeAll(async () => {
    run = await trained('single', '--labels', await labels('single.npy', HEIGHT, WIDTH, () => 0));
    const analysed = await xinc(['analyze', run, 'canvas', 'grouping-variance', 'objects', 'motion']);
    expect(analysed.status).toBe(1);
    stderr = analysed.stderr;
  });

  test('leave out that grouping and the objects, each in a line', () => {
    expect(stderr).toContain("  Grouping 'instances' was left out: it has a single group");
    const [objects, motion] = [
      "'objects' could not be run: There is one object only, 'other': every neuron gives it everything.",
      "'motion' could not be run: Motion needs a video, and this image has one frame",
    ];
    for (const line of ['Objects: left out', 'Contribution and motion: left out'])
      expect(stderr).toContain(`${line}\n`);
    for (const reason of [objects, motion]) expect(stderr.split(reason)).toHaveLength(2);
  });

  test('do not keep the other analyses from running', async () => {
    expect((await readdir(join(run, 'analysis'))).sort()).toEqual(['canvas', 'grouping-variance', 'omissions.json']);
  });

  test('are told in the report, with the reasons', async () => {
    const section = await leftOutOf(run);
    expect(section).toContain('There is one object only');
    expect(section).toContain('Motion needs a video');
    expect(section).toContain('it has a single group');
  });
});

test('groups without pixels are named and ignored', async () => {
  const path = await labels('gap.npy', HEIGHT, WIDTH, (p) => [0, 1, 3][p % 3]);
  const run = await trained('gap', '--labels', path);
  expect((await xinc(['analyze', run, 'objects', 'grouping-variance', '--groupings', 'instances'])).status).toBe(0);
  const table = await readFile(join(run, 'analysis', 'grouping-variance', 'grouping-variance.csv'), 'utf8');
  for (const row of table.trim().split('\n').slice(1)) expect(row.split(',')[3]).toBe('3');
});

test('a layer without live neurons is left out, the layers that have some are not', async () => {
  const run = await trained('dead');
  await reweigh(run, (name, weights) => {
    if (/^layer1\.(weight|bias)$/.test(name)) weights.fill(0);
  });
  const args = ['analyze', run, 'canvas', 'pixels-per-neuron', '--groupings', 'grid:2x2'];
  const { status, stderr } = await xinc(args);
  expect(status, stderr).toBe(0);
  // With --json the result names it, since nothing else is said.
  const { omissionsWithin } = JSON.parse((await xinc([...args, '--json'])).stdout);
  const why = expect.stringContaining('neurons are dead');
  expect(omissionsWithin).toContainEqual({ analysis: 'canvas', layer: 'layer1', why });
  expect(stderr).toMatch(/^ {2}layer1 was left out: all of its 20 neurons are dead, they contribute nothing\.$/m);
  expect(await leftOutOf(run)).toContain('layer1 was left out: all of its 20 neurons are dead');
});

test('a network of dead neurons alone leaves out every analysis of contributions, and has a report', async () => {
  const run = await trained('silent');
  await reweigh(run, (name, weights) => {
    if (/(weight|bias)$/.test(name)) weights.fill(0);
  });
  const { stderr } = await xinc(['analyze', run, 'canvas', 'neuron-clusters', '--groupings', 'grid:2x2']);
  expect(stderr).toContain('The canvas: left out\n');
  expect(stderr).toContain(
    "xinc: 'canvas' and 'neuron-clusters' could not be run: No layer has contributions to analyse: layer1 was left out",
  );
  expect(await leftOutOf(run)).toContain('No layer has contributions to analyse');
});

describe('weights that are no numbers', () => {
  const spoil = (run: string, parameter: string) =>
    reweigh(run, (name, weights) => {
      if (name === parameter) weights[5] = Number.NaN;
    });

  test('leave out the layers that depend on them, and what needs the picture', async () => {
    const run = await trained('broken');
    await spoil(run, 'layer2.weight');
    const names = ['canvas', 'completeness', 'neurons-per-pixel'];
    const { status, stderr } = await xinc(['analyze', run, ...names, '--groupings', 'grid:2x2']);
    expect(status, stderr).toBe(0);
    const why = "its contributions depend on what is no number: the weights 'layer2.weight' hold NaN at position 5.";
    for (const layer of ['layer2', 'layer3']) expect(stderr).toContain(`  left out: ${layer}: ${why}`);
    expect(stderr).toContain('  The reconstruction was not drawn: 468 of its 468 pixels are NaN');
    for (const name of names) {
      const { tables } = JSON.parse(await readFile(join(run, 'analysis', name, 'result.json'), 'utf8'));
      const rows = tables.flatMap(({ rows }: { rows: unknown[][] }) => rows);
      expect(new Set(rows.map((row: unknown[]) => row[1])), name).toEqual(new Set(['layer1']));
    }
    expect(stderr).toContain('Completeness: In every layer but layer2 and layer3 contributions add up');
    const section = await leftOutOf(run);
    expect(section).toMatch(
      /<dt>layer2 and layer3<\/dt><dd>its contributions depend .*layer2\.weight.* hold NaN at position 5/,
    );

    const faithful = await xinc(['analyze', run, 'faithfulness', '--groupings', 'grid:2x2']);
    expect(faithful.status).toBe(1);
    expect(faithful.stderr.trim().split('\n').at(-1)).toBe(
      "xinc: 'faithfulness' could not be run: The network draws no picture to compare with: the weights 'layer2.weight' hold NaN at position 5",
    );
    const other = await trained('whole');
    const compared = await xinc([
      ...['analyze', run, other, 'neuron-clusters', '--groupings', 'grid:2x3'],
      ...['--set', 'neuron-clusters.clusters=3'],
    ]);
    expect(compared.status, compared.stderr).toBe(0);
    expect(await leftOutOf(run)).toContain(
      'broken: layer2 was left out: its contributions depend on what is no number',
    );
    const arrays = await xinc(['export', run, '--format', 'npz']);
    expect(arrays.status).toBe(1);
    expect(arrays.stderr).toContain("The network draws no picture: the weights 'layer2.weight' hold NaN at position 5");
  });

  test('that every layer depends on are refused by name and place', async () => {
    const run = await trained('hopeless');
    await spoil(run, 'layer1.weight');
    const { status, stderr } = await xinc(['analyze', run, 'canvas']);
    expect(status).toBe(1);
    expect(stderr.trim().split('\n').at(-1)).toMatch(
      /^xinc: No layer can be traced: the weights 'layer1\.weight' hold NaN at position 5\. /,
    );
  });
});

test('analyses that were left out are named by their titles', async () => {
  const run = await trained('still');
  const { status, stderr } = await xinc(['analyze', run]);
  expect(status, stderr).toBe(0);
  const section = await leftOutOf(run);
  expect(section).toContain('<dt>Contribution and motion</dt>');
  expect(section).not.toContain('<dt>motion</dt>');
  // What needs labels says how they are given.
  expect(section).toMatch(/<dt>Objects<\/dt><dd>.*It is made of labels, given with <?.*--labels/);
});

test('fewer neurons than clusters or neighbours are said, with what would do', async () => {
  const run = await trained('few');
  const { status, stderr } = await xinc([
    ...['analyze', run, 'neuron-clusters', '--groupings', 'grid:2x3'],
    ...['--set', 'neuron-clusters.clusters=14', '--set', 'neuron-clusters.neighbors=50'],
  ]);
  expect(status, stderr).toBe(0);
  expect(stderr).toMatch(/layer2 was left out: \d+ live neurons are too few for 14 clusters \(clusters=\d+ would do\)/);
  expect(stderr).toMatch(/layer1 was embedded with \d+ neighbours, not 50: it has no more live neurons\./);
});

test('runs compared are a part of the first one’s report, named', async () => {
  const [first, second] = [await trained('one'), await trained('two', '--seed', '2')];
  const { status, stdout, stderr } = await xinc([
    ...['analyze', first, second, 'neuron-clusters', '--groupings', 'grid:2x3'],
    ...['--set', 'neuron-clusters.clusters=3', '--json'],
  ]);
  expect(status, stderr).toBe(0);
  const folder = join(first, 'analysis', 'neuron-clusters-of-one-two');
  expect(JSON.parse(stdout)).toEqual({ comparison: folder, report: join(first, 'report.html') });
  expect(await reportOf(first)).toContain('>Kinds of neurons: one, two</h2>');
  const { values } = JSON.parse(await readFile(join(folder, 'result.json'), 'utf8'));
  expect(values.runs).toEqual(['one', 'two']);
  for (const share of Object.values<number>(values.mixing)) {
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThanOrEqual(1);
  }
});

/** A package with an analysis whose chart Vega refuses. */
async function undrawable(): Promise<string> {
  const folder = work.file('undrawable');
  await mkdir(folder);
  const named = { name: 'xinc-plugin-undrawable', version: '1.0.0', type: 'module', keywords: ['xinc-plugin'] };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ ...named, xinc: './index.js' }));
  const chart = { kind: 'chart', name: 'odd', title: 'Odd', caption: '', spec: { mark: 'nonsense' } };
  const plugin = `export default {
    kind: 'analysis', name: 'undrawable', title: 'What has no picture', description: '',
    options: { parse: () => ({}), safeParse: () => ({ success: true, data: {} }) },
    request: () => ({}),
    analyze: async () => ({ findings: [], tables: [], arrays: [], figures: [${JSON.stringify(chart)}] }),
  };`;
  await writeFile(join(folder, 'index.js'), plugin);
  return folder;
}

test('an analysis whose figure cannot be drawn is left out, though the next ones have begun', async () => {
  const run = await trained('odd');
  const plugin = ['--plugin', await undrawable()];
  const { status, stderr } = await xinc(['analyze', run, 'undrawable', 'canvas', 'completeness', ...plugin]);
  expect(status, stderr).toBe(1);
  expect(stderr).toContain('\nWhat has no picture: left out\n');
  expect(stderr.trim().split('\n').at(-1)).toMatch(/^xinc: 'undrawable' could not be run: Chart 'odd' cannot be drawn/);
  expect((await readdir(join(run, 'analysis'))).sort()).toEqual(['canvas', 'completeness', 'omissions.json']);
  expect(await leftOutOf(run)).toContain('<dt>What has no picture</dt>');
});

test('where a result cannot be stored no other is, and nothing is half-written', async () => {
  const run = await trained('unwritable');
  await writeFile(join(run, 'analysis'), 'a file where the folder belongs');
  const { status, stderr } = await xinc(['analyze', run, 'canvas', 'grouping-variance', 'completeness']);
  expect(status).toBe(1);
  expect(stderr.trim().split('\n').at(-1)).toMatch(/^xinc: .*analysis.* is a file, where a folder is expected\./);
  expect(await readFile(join(run, 'analysis'), 'utf8')).toBe('a file where the folder belongs');
  expect((await readdir(run)).filter((name) => name.includes('tmp'))).toEqual([]);
});

test('what is left out this time is not told as it was before', async () => {
  const run = await trained('before');
  const first = await xinc(['analyze', run, 'grouping-variance', 'canvas', '--groupings', 'rgb:4']);
  expect(first.status, first.stderr).toBe(0);
  expect(await reportOf(run)).toContain('<section id="grouping-variance"');
  const second = await xinc(['analyze', run, 'grouping-variance', 'canvas', '--groupings', 'grid:1x1']);
  expect(second.status, second.stderr).toBe(1);
  expect(await reportOf(run)).not.toContain('<section id="grouping-variance"');
  expect(await reportOf(run)).toContain('<section id="canvas"');
  expect(await leftOutOf(run)).toContain('What neurons specialise in');
  // The files of before are kept.
  expect(await readdir(join(run, 'analysis'))).toContain('grouping-variance');
});

test('what was left out of analyses that are not asked for this time is still told', async () => {
  const run = await trained('kept');
  await xinc(['analyze', run, '--groupings', 'rgb:4,gabor:4']);
  expect(await leftOutOf(run)).toContain('<dt>Contribution and motion</dt>');
  const again = await xinc(['analyze', run, 'canvas', '--groupings', 'rgb:4']);
  expect(again.status, again.stderr).toBe(0);
  expect(await leftOutOf(run)).toContain('<dt>Contribution and motion</dt>');
  expect((await readdir(join(run, 'signal', 'labels'))).filter((name) => name.startsWith('gabor-4-'))).toHaveLength(1);
});
