import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Arrays, type Inr, isXincError, type Signal } from '@xinc/core';
import { encodeSafetensors } from '@xinc/core/formats';
import { initializeParameters, train } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import model from '@xinc/model-ffn';
import { Run } from '@xinc/runs';
import { encodePng } from '@xinc/signals';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analyzeCommand } from '../src/commands/analyze.js';
import { importCommand } from '../src/commands/import.js';
import { reportCommand } from '../src/commands/report.js';
import type { CommandContext } from '../src/context.js';
import { openViewer } from '../src/workflow/open-viewer.js';
import { loadPlugins } from '../src/workflow/plugins.js';

/*
 * Weights of every size, and some that are no numbers, on their way through the whole program: no number is shown that is not so.
 * NaN is not a number of decibels, infinity is not NaN, and nothing is called undefined or null.
 */
const [HEIGHT, WIDTH] = [7, 9];
const PIXELS = HEIGHT * WIDTH;
const shape = { kind: 'image', frames: 1, height: HEIGHT, width: WIDTH } as const;
const inr: Inr = model.build(model.config.parse({ width: 6, layers: 3, fourierFeatures: 4 }), shape);

/** Reproducible numbers in [0, 1): a multiplicative congruential generator (Park & Miller 1988). */
function numbers(seed: number): () => number {
  let state = (seed * 7919 + 17) % 2147483647;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

type Spoil = (value: number, random: () => number, parameter: string) => number;

/** Those whose runs are analysed; of the others, import, report and viewer are enough for a test of seconds. */
const OVERFLOWING = 'so large that most of the picture overflows';
const ANALYSED = ['all zero', 'denormal', 'some huge', OVERFLOWING];

/** What becomes of the weights. */
const spoils: readonly (readonly [string, Spoil])[] = [
  ['as they begin', (value) => value],
  ['all zero', () => 0],
  ['denormal', (value) => value * 1e-42],
  ['tiny', (value) => value * 1e-20],
  ['a thousand times', (value) => value * 1e3],
  ['1e13 times', (value) => value * 1e13],
  ['1e19 times', (value) => value * 1e19],
  ['1e30 times', (value) => value * 1e30],
  ['as large as they can be', (value) => Math.sign(value) * 3.4e38],
  ['some huge, the rest denormal', (value, random) => value * (random() < 0.1 ? 1e25 : 1e-41)],
  ['some huge', (value, random) => value * (random() < 0.05 ? 1e28 : 1)],
  ['some zero', (value, random) => (random() < 0.5 ? 0 : value)],
  [OVERFLOWING, (value, _, parameter) => (parameter === 'frequencies' ? value : value * 1e21)],
  ['one of them NaN', (value, random) => (random() < 0.05 ? Number.NaN : value)],
  ['one of them infinite', (value, random) => (random() < 0.05 ? Number.NEGATIVE_INFINITY : value)],
];

const seedOf = (name: string): number =>
  name === OVERFLOWING ? 5 : 100 + spoils.findIndex(([other]) => other === name);

function spoilt(seed: number, spoil: Spoil): Arrays {
  const random = numbers(seed);
  const arrays = initializeParameters(inr.parameters, seed);
  for (const [name, { data }] of Object.entries(arrays)) {
    for (let i = 0; i < data.length; i++) data[i] = spoil(data[i], random, name);
  }
  return arrays;
}

const picture = {
  height: HEIGHT,
  width: WIDTH,
  rgb: Float32Array.from({ length: 3 * PIXELS }, (_, i) => Math.round(255 * ((i * 0.37) % 1)) / 255),
};

let folder: string;
let signal: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xinc-numbers-'));
  signal = join(folder, 'picture.png');
  await writeFile(signal, await encodePng(picture));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Everything a command says, and its result as JSON would have it. */
function listening(json = false) {
  const said: string[] = [];
  const context: CommandContext = {
    options: { json },
    abort: new AbortController().signal,
    display: {
      begin: (text) => void said.push(text),
      update: ({ note }) => void said.push(note ?? ''),
      end: (text) => void said.push(text),
      line: (text) => void said.push(text),
      task: () => undefined,
      close() {},
    },
    result: (value, text) => void said.push(text, ...Object.keys(value)),
  };
  return { said, context };
}

const NOT_SO = /(NaN|Infinity|∞)[\s\u00a0]*(dB|%)|\bundefined\b|\bnull\b|\[object/;
/** A number that is none inside a drawing: in a path, a place, a size. */
const NOT_DRAWN = /(?: d| [xy][12]?| r| transform| width| height| points)="[^"]*(?:NaN|Infinity|undefined)/;

interface StoredResult {
  readonly findings: readonly string[];
  readonly tables: readonly { readonly name: string; readonly rows: readonly (readonly unknown[])[] }[];
}

async function filesOf(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe.each(spoils)('weights %s', (name, spoil) => {
  test('come out as what they are everywhere', { timeout: 60_000 }, async () => {
    const seed = seedOf(name);
    const tensors = spoilt(seed, spoil);
    const checkpoint = join(folder, `${seed}.safetensors`);
    await writeFile(checkpoint, encodeSafetensors({ tensors, metadata: {} }));
    const out = join(folder, `run-${seed}`);
    const { said, context } = listening();
    const options = { model: 'ffn', signal, out, engine: 'ort', threads: '1', open: true, token: true };
    try {
      await importCommand(checkpoint, options, context);
    } catch (error) {
      // A refusal is one line, names the file, and leaves nothing.
      if (!isXincError(error)) throw error;
      expect(error.message).toContain(`${seed}.safetensors`);
      expect(error.message).toMatch(/NaN|finite|infinite|-Infinity/);
      expect(error.message).not.toMatch(/\n|undefined|null/);
      expect(await readdir(folder)).not.toContain(`run-${seed}`);
      return;
    }
    const engine = { engine: 'ort', threads: '1' };
    if (!ANALYSED.includes(name)) await reportCommand(out, engine, context);
    else {
      await analyzeCommand([out], engine, context).catch((error) => {
        if (!isXincError(error)) throw error;
        said.push(error.message);
      });
    }
    for (const text of said) expect(text).not.toMatch(NOT_SO);

    const run = await Run.open(out);
    const { psnr, nanPixels = [0] } = run.manifest.metrics!;
    expect(Number.isNaN(psnr)).toBe(nanPixels[0] > 0);
    expect(nanPixels[0] > 0).toBe(name === OVERFLOWING);
    expect(psnr).not.toBe(Number.POSITIVE_INFINITY);
    const report = await readFile(join(out, 'report.html'), 'utf8');
    const shown = report.replace(/<style.*?<\/style>/gs, '').replace(/data:image\/png;base64,[^"]*/g, '');
    expect(shown).not.toMatch(NOT_SO);
    expect(shown).not.toMatch(NOT_DRAWN);
    expect(shown).not.toContain('∞');
    if (nanPixels[0] > 0) expect(shown).toContain(`not defined (${nanPixels[0]} of ${PIXELS} pixels are NaN)`);
    else expect(shown.replace(/are NaN or infinite/g, '')).not.toContain('NaN');

    for (const file of await filesOf(out)) {
      if (!/\.(svg|csv|json|jsonl)$/.test(file)) continue;
      const text = await readFile(file, 'utf8');
      expect(text, file).not.toMatch(/undefined|\[object/);
      if (file.endsWith('.svg')) expect(text, file).not.toMatch(NOT_DRAWN);
      // In a specification `null` is a setting of Vega-Lite's, and in a ranking the margin of what has nothing before it.
      else if (!/\.vl\.json$|result\.json$/.test(file)) expect(text, file).not.toMatch(/\bnull\b/);
      if (file.endsWith('result.json')) {
        const { tables, ...others } = JSON.parse(text) as StoredResult;
        const rows = tables.flatMap(({ name, rows }) =>
          name === 'ranking' ? rows.map((row) => (row.at(-1) === null ? row.slice(0, -3) : row)) : rows,
        );
        expect(JSON.stringify({ ...others, rows }), file).not.toMatch(/\bnull\b/);
        const { findings } = others;
        expect(findings.join(' '), file).not.toMatch(/NaN|Infinity|∞/);
      }
    }
    await checkViewer(out, psnr);
  });
});

async function checkViewer(out: string, psnr: number): Promise<void> {
  const { context } = listening();
  const registry = await loadPlugins(context);
  const engine = await ort.create({ threads: 1 });
  const viewer = await openViewer([out], registry, async () => engine, { open: false, token: false }, context);
  try {
    const { origin } = new URL(viewer.address);
    const ask = async (path: string) => (await fetch(`${origin}/api/${path}`)).json();
    const { runs } = (await ask('session')) as { runs: { id: string }[] };
    const view = (await ask(`runs/${runs[0].id}`)) as { psnr: unknown; framePsnr: unknown[] };
    expect(view.psnr).toEqual(Number.isNaN(psnr) ? 'NaN' : psnr);
    expect(view.framePsnr).toEqual([view.psnr]);
  } finally {
    await viewer.close();
    await engine.dispose();
  }
}

test.each(spoils)('training from weights %s goes on with numbers or says that it diverged', async (name, spoil) => {
  const seed = seedOf(name);
  const all = spoilt(seed, spoil);
  const select = (trainable: boolean, of: (name: string) => Arrays[string]) =>
    Object.fromEntries(
      inr.parameters.filter((spec) => spec.trainable === trainable).map((spec) => [spec.name, of(spec.name)]),
    );
  const zeros = select(true, (one) => ({ ...all[one], data: new Float32Array(all[one].data.length) }));
  const trainer = {
    step: 0,
    parameters: select(true, (one) => all[one]),
    memory: { firstMoment: zeros, secondMoment: zeros },
  };
  const engine = await ort.create({ threads: 1 });
  const psnrs: number[] = [];
  try {
    const weights = await train({
      inr,
      signal: { shape, frame: async () => picture } as unknown as Signal,
      engine,
      steps: 3,
      state: { fixed: select(false, (one) => all[one]), trainer },
      onStep: ({ psnr }) => psnrs.push(psnr),
    });
    for (const { data } of Object.values(weights)) expect(data.every(Number.isFinite)).toBe(true);
  } catch (error) {
    expect(error).toMatchObject({
      code: 'numeric',
      message: expect.stringMatching(/^Training diverged: .* step \d\. /),
    });
  } finally {
    await engine.dispose();
  }
  expect(psnrs.every(Number.isFinite)).toBe(true);
});
