import { execFile } from 'node:child_process';
import { cp, mkdir, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Engine, isXincError } from '@xinc/core';
import { encodeNpy } from '@xinc/core/formats';
import type { Registry } from '@xinc/core/node';
import { chartDoubt } from '@xinc/report/chart-limits';
import { analyzeRun, openWith, planAnalyses, Run, reportRun, runModel, runSource } from '@xinc/runs';
import { type RunningViewer, startViewer } from '@xinc/viewer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandContext } from '../src/context.js';
import { createSilentDisplay } from '../src/terminal/progress.js';
import { startEngine } from '../src/workflow/engine.js';
import { loadPlugins } from '../src/workflow/plugins.js';
import { workFolder, xinc } from './xinc.js';

/* Runs as strangers may send them: whatever lies in one, it is answered in one line, soon, and with little memory. */

const POSIX = process.platform !== 'win32';
const work = workFolder();

const context: CommandContext = {
  options: { quiet: true },
  display: createSilentDisplay(),
  abort: new AbortController().signal,
  result: () => {},
};

let whole: string;
let registry: Registry;
let engine: Engine;
let viewer: RunningViewer;
const faults: unknown[] = [];

beforeAll(async () => {
  whole = work.file('whole');
  const labels = work.file('labels.npy');
  await writeFile(labels, encodeNpy({ shape: [18, 26], data: Uint8Array.from({ length: 18 * 26 }, (_, p) => p % 3) }));
  const made = await xinc([
    ...['explain', work.picture, '--out', whole, '--steps', '20', '--labels', labels],
    ...['--set', 'width=8', '--set', 'fourierFeatures=6', '--groupings', 'grid:2x2,instances'],
  ]);
  expect(made.status, made.stderr).toBe(0);
  registry = await loadPlugins(context);
  engine = await startEngine(registry, { engine: 'ort' }, context);
  viewer = await startViewer({
    runs: [runSource(work.file('mutant'), registry)],
    registry,
    engine: async () => engine,
    version: '0.0.0',
    token: false,
    onFault: (error) => faults.push(error),
  });
});
afterAll(async () => {
  await viewer?.close();
  await engine?.dispose();
});

/** Does with a run what the commands and the page do. Throws what is no XincError. */
async function tryAll(path: string, analyses: readonly string[]): Promise<string[]> {
  const refusals: string[] = [];
  const attempt = async (what: () => Promise<unknown>) => {
    try {
      await what();
    } catch (error) {
      if (!isXincError(error)) throw error;
      expect(error.message).not.toContain('\n');
      refusals.push(error.message);
    }
  };
  await attempt(async () => {
    const run = await Run.open(path);
    const { inr } = await runModel(run, registry);
    const network = await openWith(run, inr, engine);
    try {
      await run.exclusively(async () => {
        if (analyses.length > 0) {
          await attempt(() => analyzeRun(run, network, planAnalyses(registry, { analyses, groupings: ['grid:2x2'] })));
        }
        await attempt(() => reportRun(run, registry, network));
        await attempt(() => run.trainingState(inr));
      });
    } finally {
      await network.dispose();
    }
  });
  const labels = 'frames/0/labels/grid-2-2-cells';
  for (const what of ['', '/frames/0/inputs', '/frames/0/reconstruction.npy', `/${labels}`]) {
    const reply = await fetch(new URL(`api/runs/mutant${what}`, viewer.address));
    await reply.arrayBuffer();
    expect([what, reply.status]).not.toEqual([what, 500]);
  }
  expect(faults).toEqual([]);
  return refusals;
}

/** Numbers in [0, 1) that are the same each time (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** In its place stand 5000 levels of lists, which `JSON.stringify` cannot write. */
const DEEP = '@deep@';
const nested = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
const WRONG: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => -1,
  () => 0,
  () => 0.5,
  () => 1e9,
  () => 1e308,
  () => 20_000,
  () => '',
  () => 'NaN',
  () => '../../../etc/passwd',
  () => 'a/b',
  () => '\u001b[31m\u0000',
  () => 'x'.repeat(100_000),
  () => [],
  () => [null],
  () => ({}),
  () => nested(90),
  () => DEEP,
  () => Array.from({ length: 100_000 }, () => null),
  () => Array.from({ length: 3000 }, (_, i) => ({ [`k${i}`]: i })),
];

/** The value with one part of it replaced, or left out. */
function mutated(value: unknown, next: () => number): unknown {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)];
  if (typeof value !== 'object' || value === null || next() < 0.15) return pick(WRONG)();
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
  const keys = Object.keys(copy);
  if (keys.length === 0) return pick(WRONG)();
  const key = pick(keys);
  if (next() < 0.1) delete copy[key];
  else copy[key] = mutated(copy[key], next);
  return copy;
}

async function filesBelow(folder: string, ends: RegExp): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => ends.test(name)).sort();
}

/** More are tried where somebody waits for them. */
const MUTATIONS = Number(process.env.XINC_FUZZ ?? 60);

test(`${MUTATIONS} mutations of its JSON files are answered, each in one line and soon`, async () => {
  const next = random(14);
  const mutant = work.file('mutant');
  const files = await filesBelow(whole, /(\.json|\.jsonl)$/);
  expect(files.length).toBeGreaterThan(10);
  const own = files.filter((file) => !/analysis.*(result|vl)\.json$/.test(file));
  // As many of the few files that everything depends on as of the many of the analyses.
  const chosen = Array.from(
    { length: MUTATIONS },
    (_, i) => (i % 2 ? own : files)[Math.floor(next() * (i % 2 ? own : files).length)],
  );
  let refused = 0;
  for (const [i, file] of chosen.entries()) {
    await rm(mutant, { recursive: true, force: true });
    await mkdir(mutant);
    // One analysis beside the mutated one: drawing all of them each time would take hours.
    const [, analysis = 'completeness'] = /^analysis[/\\]([^/\\]+)[/\\]/.exec(file) ?? [];
    for (const name of await readdir(whole)) {
      if (name !== 'analysis') await cp(join(whole, name), join(mutant, name), { recursive: true });
    }
    await mkdir(join(mutant, 'analysis'));
    await cp(join(whole, 'analysis', 'omissions.json'), join(mutant, 'analysis', 'omissions.json'));
    await cp(join(whole, 'analysis', analysis), join(mutant, 'analysis', analysis), { recursive: true });
    const text = await readFile(join(whole, file), 'utf8');
    const changed = file.endsWith('.jsonl')
      ? text.replace(/.*\n$/, `${JSON.stringify(mutated(JSON.parse(text.split('\n')[0]), next))}\n`)
      : JSON.stringify(mutated(JSON.parse(text), next));
    await writeFile(join(mutant, file), changed.replaceAll(`"${DEEP}"`, '['.repeat(5000) + ']'.repeat(5000)));
    const begun = performance.now();
    const refusals = await tryAll(mutant, i % 10 === 0 ? ['completeness'] : []).catch((error) => {
      throw new Error(`${file}: ${changed.slice(0, 3000)}`, { cause: error });
    });
    if (refusals.length > 0) refused++;
    expect([file, Math.round((performance.now() - begun) / 60_000)]).toEqual([file, 0]);
  }
  expect(refused).toBeGreaterThan(MUTATIONS / 10);
  expect(process.memoryUsage().rss).toBeLessThan(2 ** 31);
}, 1_200_000);

test('the charts of all analyses are among those that the page draws', async () => {
  const charts = await filesBelow(join(whole, 'analysis'), /\.vl\.json$/);
  expect(charts.length).toBeGreaterThan(5);
  for (const file of charts) {
    const spec = JSON.parse(await readFile(join(whole, 'analysis', file), 'utf8'));
    expect([file, chartDoubt(spec)]).toEqual([file, undefined]);
  }
});

/** A copy of the whole run, spoilt. */
async function spoilt(name: string, spoil: (run: string) => Promise<unknown>): Promise<string> {
  const run = work.file(name);
  await rm(run, { recursive: true, force: true });
  await cp(whole, run, { recursive: true });
  await spoil(run);
  return run;
}

/** Commands that read a run, with the lines that they are refused with. */
const COMMANDS: Readonly<Record<string, (run: string) => string[]>> = {
  report: (run) => ['report', run],
  analyze: (run) => ['analyze', run, 'completeness', '--groupings', 'grid:2x2'],
  export: (run) => ['export', run, '--format', 'safetensors', '--out', work.file('out.safetensors')],
  trace: (run) => ['trace', run, '--layer', 'layer2', '--neurons', '0', '--out', work.file('out.npy')],
};

async function refusedBy(command: string, run: string, line: RegExp): Promise<void> {
  const begun = performance.now();
  const { status, stderr } = await xinc(COMMANDS[command](run));
  expect([status, stderr]).toEqual([1, expect.stringMatching(line)]);
  expect(stderr).not.toContain('a fault of xinc');
  expect(performance.now() - begun).toBeLessThan(60_000);
}

async function hole(file: string, size: number): Promise<void> {
  const handle = await open(file, 'w');
  await handle.truncate(size);
  await handle.close();
}

describe.runIf(POSIX)('a run that leads elsewhere', () => {
  test.each([
    ['run.json', ['report', 'analyze', 'export', 'trace']],
    ['weights.safetensors', ['report', 'analyze', 'export', 'trace']],
    ['training.jsonl', ['report']],
    ['xinc.lock', ['report']],
    ['signal/frame-0000.png', ['report', 'trace']],
    ['signal/labels/annotation/notes.json', ['report']],
    ['signal/labels/grid-2-2-cells/frame-0000.png', ['analyze']],
    ['analysis/omissions.json', ['report']],
    ['analysis/canvas/result.json', ['report']],
    ['analysis/canvas/figures/neuron-totals.vl.json', ['report']],
    ['report.html', ['report']],
  ])('in %s, to a device or a pipe, is refused in one line by %j', async (file, commands) => {
    for (const [i, command] of commands.entries()) {
      const run = await spoilt('leading', async (path) => {
        await rm(join(path, file), { force: true });
        if (i % 2) await promisify(execFile)('mkfifo', [join(path, file)]);
        else await symlink('/dev/zero', join(path, file));
      });
      const path = join(run, file).replaceAll(/[./-]/g, '.');
      await refusedBy(command, run, new RegExp(`xinc: ${path} is (a link|a pipe|not the lock of a run)\\. .*\n$`));
    }
  });

  test('by a folder of results that is a link loses nothing of what it leads to', async () => {
    const objects = work.file('objects');
    await mkdir(join(objects, 'objects'), { recursive: true });
    await mkdir(join(objects, 'completeness'), { recursive: true });
    await writeFile(join(objects, 'completeness', 'precious'), 'precious');
    for (const place of ['analysis', 'signal/labels', 'signal', 'analysis/completeness']) {
      const run = await spoilt('linked', async (path) => {
        await rm(join(path, place), { recursive: true, force: true });
        await symlink(place.endsWith('completeness') ? join(objects, 'completeness') : objects, join(path, place));
      });
      await refusedBy(
        'analyze',
        run,
        /(analysis|labels|signal|completeness) is a link\. Only regular files that lie in the run/,
      );
      expect((await readdir(objects)).sort()).toEqual(['completeness', 'objects']);
      expect(await readFile(join(objects, 'completeness', 'precious'), 'utf8')).toBe('precious');
    }
  });

  test('by the name of a file in its results is refused', async () => {
    await writeFile(work.file('secret.vl.json'), '{"mark": "point"}');
    for (const file of ['../../../secret.vl.json', '/etc/passwd', '..', 'figures/../../../../secret.vl.json', 'a\\b']) {
      const run = await spoilt('named', async (path) => {
        const result = join(path, 'analysis', 'canvas', 'result.json');
        const value = JSON.parse(await readFile(result, 'utf8'));
        value.figures.find(({ kind }: { kind: string }) => kind === 'chart').file = file;
        await writeFile(result, JSON.stringify(value));
      });
      await refusedBy('report', run, /result\.json is damaged: figures\.\d+\.file: it names no file of the analysis/);
    }
  });
});

describe('a run that says more than it holds', () => {
  // biome-ignore lint/suspicious/noExplicitAny: a manifest that is to be made a wrong one
  const edit = (change: (manifest: any) => void) => async (path: string) => {
    const file = join(path, 'run.json');
    const manifest = JSON.parse(await readFile(file, 'utf8'));
    change(manifest);
    await writeFile(file, JSON.stringify(manifest));
  };

  test.each<[string, (path: string) => Promise<unknown>, RegExp, readonly string[]]>([
    [
      'of its size',
      edit(({ signal }) => Object.assign(signal, { height: 20_000, width: 20_000 })),
      /frame-0000\.png is 18×26, the run 20000×20000/,
      ['report', 'analyze', 'export', 'trace'],
    ],
    [
      'of its frames',
      edit((manifest) => {
        Object.assign(manifest.signal, { kind: 'video', frames: 1e6 });
        manifest.metrics.framePsnr = Array.from({ length: 1e6 }, () => 30);
      }),
      /frame-0001\.png is missing: run\.json says that the run has 1000000 frames/,
      ['report'],
    ],
    [
      'of its PSNR',
      edit(({ metrics }) => {
        metrics.framePsnr = Array.from({ length: 1e6 }, () => 30);
      }),
      /run\.json is not the description of a run: metrics\.framePsnr: of 1 frames it has 1000000 values/,
      ['report'],
    ],
    [
      'of its neurons',
      edit(({ model }) => {
        model.config.width = 1e9;
      }),
      /width/,
      [],
    ],
    [
      'of its weights',
      (path) => hole(join(path, 'weights.safetensors'), 2 ** 36),
      /weights\.safetensors is 64\.0 GB large, and such a file of this run has at most 64\.0 MB/,
      ['report', 'export'],
    ],
    [
      'of its figures',
      (path) => hole(join(path, 'analysis', 'canvas', 'figures', 'neuron-totals.vl.json'), 2 ** 36),
      /neuron-totals\.vl\.json is 64\.0 GB large/,
      ['report'],
    ],
  ])('%s is refused before memory is taken for it', async (_, spoil, line, commands) => {
    const run = await spoilt('claiming', spoil);
    for (const command of commands) await refusedBy(command, run, line);
    if (commands.length > 0) return;
    const { status, stderr } = await xinc(['report', run]);
    expect([status, stderr]).toEqual([2, expect.stringMatching(line)]);
  });
});

test('a chart that has no end is left out of the report, which says so, and the others are in it', async () => {
  const run = await spoilt('endless', (path) =>
    writeFile(
      join(path, 'analysis', 'canvas', 'figures', 'neuron-totals.vl.json'),
      JSON.stringify({
        data: { values: [{ a: `${'a'.repeat(60)}!` }] },
        transform: [{ calculate: "test(regexp('^(a+)+$'), datum.a)", as: 'b' }],
        mark: 'point',
        encoding: { x: { field: 'b', type: 'nominal' } },
      }),
    ),
  );
  const { status, stderr } = await xinc(['report', run]);
  expect(status, stderr).toBe(0);
  const said = /Chart 'neuron-totals' cannot be drawn: it takes longer than \d+ s/;
  expect(stderr).toMatch(said);
  const page = (await readFile(join(run, 'report.html'), 'utf8')).replaceAll('&#39;', "'");
  expect(page).toMatch(said);
  expect(page.match(/class="chart wide"/g)!.length).toBeGreaterThan(5);
}, 240_000);
