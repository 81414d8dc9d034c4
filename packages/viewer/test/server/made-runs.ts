import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  defineInr,
  type Engine,
  type Frame,
  type Inr,
  type InrPlugin,
  type LabelMap,
  ndarray,
  type Signal,
  XincError,
} from '@xinc/core';
import { Registry } from '@xinc/core/node';
import { train } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import ffn from '@xinc/model-ffn';
import nerv from '@xinc/model-nerv';
import { Run, type RunManifest, type RunSource, runSource } from '@xinc/runs';
import type { StoredAnalysis } from '@xinc/viewer-page';
import { afterAll, beforeAll } from 'vitest';
import { z } from 'zod';
import { type RunningViewer, startViewer, type ViewerOptions } from '../../src/start-viewer.js';

/* Small runs that are trained for the tests, and a viewer that serves them. */

const [HEIGHT, WIDTH] = [16, 24];
/** The seed of a network with live neurons in every layer and a picture in [0, 1], so that what is switched off shows. */
export const SEED = 1;

/** A model whose only layer computes its own maps: c_n(p) = w_n · x(p). */
const ramps = defineInr({
  kind: 'inr',
  name: 'ramps',
  title: 'Ramps',
  description: 'Weighted sums of one ramp.',
  signals: ['image'],
  config: z.object({}),
  build: (_, signal): Inr => ({
    signal,
    sampling: 'pixels',
    parameters: [{ name: 'weight', shape: [3, 1], init: { kind: 'uniform', bound: 1 }, trainable: true }],
    inputs: (_frames, pixels) => ({
      ramp: ndarray(
        [pixels!.length, 1],
        Float32Array.from(pixels!, (p) => (p % signal.width) / signal.width),
      ),
    }),
    forward: (ops, { weight }, { ramp }) => ({
      output: ops.matMul(ramp, weight, { transposeB: true }),
      activations: { ramp },
    }),
    layers: [
      {
        kind: 'custom',
        id: 'ramps',
        label: 'Ramps',
        input: 'ramp',
        neurons: 3,
        trace({ parameters, activations }, neurons, region, out) {
          const area = region.height * region.width;
          for (const [i, neuron] of neurons.entries()) {
            for (let p = 0; p < area; p++)
              out[i * area + p] = parameters.weight.data[neuron] * activations.ramp.data[p];
          }
        },
      },
    ],
    training: {
      optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      learningRate: 0.01,
      schedule: () => 1,
      steps: 3,
      batch: 64,
    },
  }),
});

export interface MadeRun {
  readonly folder: string;
  readonly inr: Inr;
  readonly run: Run;
  readonly source: RunSource;
  frame(index: number): Frame;
}

/** The first has values of 8 bits, others values that no PNG holds. */
function picture(index: number): Frame {
  const values = Float32Array.from({ length: 3 * HEIGHT * WIDTH }, (_, i) => 0.5 + 0.4 * Math.sin(i / 9 + index));
  const rgb = index === 0 ? values.map((value) => Math.round(255 * value) / 255) : values;
  return { height: HEIGHT, width: WIDTH, rgb };
}

/** The left and the right half. */
const halves: LabelMap = {
  height: HEIGHT,
  width: WIDTH,
  labels: Uint16Array.from({ length: HEIGHT * WIDTH }, (_, p) => (p % WIDTH < WIDTH / 2 ? 0 : 1)),
  groups: [{ name: 'left' }, { name: 'right', category: 'side', color: '#ff0000' }],
};

export async function makeRun<C>(
  folder: string,
  plugin: InrPlugin<C>,
  settings: object,
  engine: Engine,
  { frames = 1, steps = 3 }: { frames?: number; steps?: number } = {},
): Promise<MadeRun> {
  const shape = { kind: frames > 1 ? 'video' : 'image', frames, height: HEIGHT, width: WIDTH } as const;
  const config = plugin.config.parse(settings);
  const inr = plugin.build(config, shape);
  const source = { path: 'pictures/cat.png', sha256: plugin.name, originalHeight: 1, originalWidth: 1, notes: [] };
  const manifest: RunManifest = {
    schema: 2,
    xinc: '0.1.0',
    created: '2026-01-02T03:04:05.000Z',
    signal: { ...shape, source, labelled: true },
    model: {
      name: plugin.name,
      package: 'test',
      version: '1.0.0',
      config: config as object as Record<string, unknown>,
      parameters: 7,
    },
    seed: SEED,
    training: { steps, learningRate: 1e-3, batch: 64, engine: 'ort', step: 0, seconds: 0 },
  };
  const run = await Run.create(folder, manifest);
  const signal: Signal = { shape, source, frame: async (index) => picture(index) };
  const weights = await train({ inr, signal, engine, seed: SEED, steps, batch: 64 });
  await run.writeWeights(weights);
  await run.appendTrainingLog([
    { step: 1, loss: 0.1, psnr: 10, seconds: 0.1 },
    { step: steps, loss: 0.01, psnr: 20, seconds: 0.2 },
  ]);
  await run.update({
    training: { ...manifest.training!, step: steps, seconds: 0.2 },
    metrics: { psnr: 19.5, framePsnr: Array.from({ length: frames }, () => 19.5) },
  });
  await run.write('signal/labels/halves/frame-0000.json', '{}');
  return { folder, inr, run, source: sourceOf(folder, inr), frame: picture };
}

/** A result of `faithfulness`: mean rank correlations by layer. */
export async function writeFaithfulness(run: Run, rankCorrelation: Readonly<Record<string, unknown>>): Promise<void> {
  const nothing = { omissions: [], notes: [], findings: [], tables: [], arrays: [], figures: [] };
  const told = { name: 'faithfulness', title: 'Faithfulness', description: '', options: {}, frames: [0], seconds: 1 };
  await run.write(
    'analysis/faithfulness/result.json',
    JSON.stringify({ ...told, ...nothing, values: { frame: 0, rankCorrelation } }),
  );
}

function sourceOf(folder: string, inr: Inr): RunSource {
  return {
    folder,
    name: folder.split(/[\\/]/).at(-1)!,
    model: () => ({ title: 'A test’s model', inr }),
    frame: async (_run, frame) => picture(frame),
    labels: async (_run, grouping, frame) => (grouping === 'halves' && frame === 0 ? halves : undefined),
    byFrame: async (_run, grouping) => grouping === 'rgb-8',
    async analysis(run, name) {
      const text = (await run.read(`analysis/${name}/result.json`, 2 ** 20)).toString();
      if (!text.startsWith('{')) throw new XincError('invalid-file', `The result of ${name} is not JSON`);
      const nothing = { findings: [], notes: [], omissions: [], figures: [], tables: [], arrays: [] };
      return { name, title: name, description: '', ...nothing, ...JSON.parse(text) } as StoredAnalysis;
    },
    rasters: (run, name) => runSource(folder, new Registry()).rasters(run, name),
  };
}

/** What tests of the server work with; made before all tests of a file, gone after them. */
export interface Workbench {
  readonly folder: string;
  readonly engine: Engine;
  readonly registry: Registry;
  readonly image: MadeRun;
  readonly video: MadeRun;
  readonly custom: MadeRun;
  /** A folder with a page: an index, and a script of some size. */
  readonly page: string;
  /** Serves the runs; closed after the tests of the file. */
  start(options?: Partial<ViewerOptions>): Promise<RunningViewer>;
}

export function workbench(): Workbench {
  const made = {} as { -readonly [K in keyof Workbench]: Workbench[K] };
  const viewers: RunningViewer[] = [];
  beforeAll(async () => {
    made.folder = await mkdtemp(join(tmpdir(), 'xinc-viewer-'));
    made.engine = await ort.create({ threads: 1 });
    const inFolder = (name: string) => join(made.folder, name);
    made.image = await makeRun(inFolder('image'), ffn, { width: 10, fourierFeatures: 6 }, made.engine);
    made.video = await makeRun(inFolder('video'), nerv, { widths: [6, 6, 6], strides: [4, 2] }, made.engine, {
      frames: 2,
    });
    made.custom = await makeRun(inFolder('custom'), ramps, {}, made.engine);
    made.registry = new Registry();
    const origin = { package: '@test/plugins', version: '1.2.3', path: inFolder('plugins/index.js') };
    made.registry.add(ffn, origin);
    made.registry.add(ort, { ...origin, package: 'engines' });
    await mkdir(inFolder('plugins'));
    await writeFile(inFolder('plugins/panel.js'), 'export const title = "Mine";');
    await writeFile(inFolder('plugins/secret.js'), 'export const secret = 1;');
    made.registry.add(
      {
        kind: 'analysis',
        name: 'mine',
        title: '<script>alert(1)</script>',
        description: '',
        options: z.object({}),
        request: () => ({}),
        analyze: () => ({ findings: [], tables: [], arrays: [], figures: [] }),
      },
      { ...origin, panel: inFolder('plugins/panel.js') },
    );
    made.page = inFolder('page');
    await mkdir(join(made.page, 'assets'), { recursive: true });
    await writeFile(join(made.page, 'index.html'), '<!doctype html><title>XINC</title>');
    await writeFile(
      join(made.page, 'assets', 'index-abc.js'),
      `export const words = ${JSON.stringify('word '.repeat(2000))};`,
    );
    made.start = async (options = {}) => {
      const { image, video, custom, registry, engine, page } = made;
      const viewer = await startViewer({
        runs: [image, video, custom].map(({ source }) => source),
        registry,
        engine: async () => engine,
        version: '9.8.7',
        page,
        ...options,
      });
      viewers.push(viewer);
      return viewer;
    };
  });
  afterAll(async () => {
    await Promise.all(viewers.map((viewer) => viewer.close()));
    await made.engine?.dispose();
    await rm(made.folder, { recursive: true, force: true });
  });
  return made;
}
