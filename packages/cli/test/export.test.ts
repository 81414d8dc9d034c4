import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCheckpoint } from '@xinc/checkpoints';
import type { Inr } from '@xinc/core';
import { decodeNpy, decodeSafetensors } from '@xinc/core/formats';
import { createNetwork } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import ffn from '@xinc/model-ffn';
import nerv from '@xinc/model-nerv';
import { encodePng } from '@xinc/signals';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { workFolder, xinc } from './xinc.js';

const work = workFolder();
const FRAME = 1;
const NERV = { strides: [2, 2], parameters: 6000, kernelSize: [1, 3, 5], output: 'sigmoid', activation: 'relu' };

/** A run of each model, and the network that it is of. */
interface Trained {
  readonly run: string;
  readonly signal: string;
  readonly inr: Inr;
}
const trained: Record<string, Trained> = {};

beforeAll(async () => {
  const clip = work.file('clip');
  await mkdir(clip);
  for (let frame = 0; frame < 3; frame++) {
    const rgb = Float32Array.from({ length: 3 * 16 * 24 }, (_, i) => ((i + 40 * frame) % 256) / 255);
    await writeFile(join(clip, `f${frame}.png`), await encodePng({ height: 16, width: 24, rgb }));
  }
  const of = async (model: string, signal: string, settings: readonly string[]) => {
    const run = work.file(model);
    const args = ['train', signal, '--model', model, '--out', run, '--steps', '30'];
    const { status, stderr } = await xinc([...args, ...settings.flatMap((setting) => ['--set', setting])]);
    expect(status, stderr).toBe(0);
    return { run, signal };
  };
  trained.ffn = {
    ...(await of('ffn', work.picture, ['width=12', 'fourierFeatures=10'])),
    inr: ffn.build(ffn.config.parse({ width: 12, fourierFeatures: 10 }), {
      kind: 'image',
      frames: 1,
      height: 18,
      width: 26,
    }),
  };
  trained.nerv = {
    ...(await of('nerv', clip, [
      'strides=2,2',
      'parameters=6000',
      'kernelSize=1,3,5',
      'output=sigmoid',
      'activation=relu',
    ])),
    inr: nerv.build(nerv.config.parse(NERV), { kind: 'video', frames: 3, height: 16, width: 24 }),
  };
}, 60_000);

const weightsOf = async (run: string) =>
  decodeSafetensors(await readFile(join(run, 'weights.safetensors')), run).tensors;

const exported = async (model: string, format: string, ...options: string[]) => {
  const out = work.file(`${model}.${format}`);
  const args = ['export', trained[model].run, '--format', format, '--out', out, ...options];
  const { status, stderr } = await xinc(args);
  expect(status, stderr).toBe(0);
  return out;
};

describe.each(['ffn', 'nerv'])('a network of the model %s', (model) => {
  const frame = model === 'nerv' ? FRAME : 0;

  test('as ONNX draws the run’s picture in any runtime, with the layers’ activations as outputs', async () => {
    const file = await readFile(await exported(model, 'onnx'));
    const { run, inr } = trained[model];
    const engine = await ort.create({ threads: 1 });
    const network = createNetwork(inr, await weightsOf(run), engine);
    const activations = inr.layers.flatMap((hook) =>
      hook.kind === 'custom' || hook.kind === 'derived' ? [] : [hook.input, hook.preactivation],
    );
    const expected = await network.evaluate(frame, ['output', ...activations]);
    const pixels = Uint32Array.from({ length: inr.signal.height * inr.signal.width }, (_, p) => p);
    const inputs = inr.inputs([frame], inr.sampling === 'pixels' ? pixels : undefined);
    // Neither optimised nor joined with anything: the graph as it is written.
    const session = await InferenceSession.create(file, { graphOptimizationLevel: 'disabled' });
    expect([...session.inputNames]).toEqual(Object.keys(inputs));
    expect([...session.outputNames].sort()).toEqual(['output', ...new Set(activations)].sort());
    const feeds = Object.entries(inputs).map(([name, { data, shape }]) => [name, new Tensor('float32', data, shape)]);
    const drawn = await session.run(Object.fromEntries(feeds));
    for (const [name, { data, shape }] of Object.entries(expected)) {
      expect([...drawn[name].dims], name).toEqual([...shape]);
      const values = drawn[name].data as Float32Array;
      for (const [i, value] of data.entries()) expect(Math.abs(values[i] - value), name).toBeLessThan(1e-5);
    }
    await session.release();
    await network.dispose();
    await engine.dispose();
    const text = file.toString('latin1');
    expect(text).toContain(JSON.stringify(inr.signal));
    expect(text).toContain(model === 'nerv' ? '"strides":[2,2]' : '"width":12');
    // ModelProto.opset_import: the standard operators (domain ""), version 20, and no others.
    const standard = Buffer.from([0x42, 0x04, 0x0a, 0x00, 0x10, 20]);
    expect(file.includes(standard)).toBe(true);
    expect(text).not.toMatch(/com\.microsoft|ai\.onnx/);
  });

  test.each(['safetensors', 'npz'])(
    'as %s and imported again is of the same model, with identical weights and settings',
    async (format) => {
      const file = await exported(model, format);
      const { run, signal } = trained[model];
      const back = work.file(`${model}-${format}-back`);
      const imported = await xinc(['import', file, '--signal', signal, '--out', back]);
      expect(imported.status, imported.stderr).toBe(0);
      expect(imported.stderr).toContain(`of the model ${model}, as the file says; --model names another`);
      expect(await weightsOf(back)).toEqual(await weightsOf(run));
      const manifest = async (of: string) => JSON.parse(await readFile(join(of, 'run.json'), 'utf8'));
      const [{ metrics, model: imitated }, original] = [await manifest(back), await manifest(run)];
      expect(metrics).toEqual(original.metrics);
      expect(imitated.config).toEqual(original.model.config);
    },
  );

  test('as npz brings its inputs, its picture, sums and chosen maps', async () => {
    const { inr, run } = trained[model];
    const { height, width } = inr.signal;
    const last = inr.layers.at(-1)!.id;
    const options = ['--layer', last, '--neurons', '1,4', '--frame', String(frame)];
    const { tensors } = await readCheckpoint(await exported(model, 'npz', ...options));
    const values = (name: string) => tensors.get(name)!.float32();
    expect(tensors.get(`${last}/maps`)?.shape).toEqual([2, height, width]);
    expect([...values(`${last}/neurons`)]).toEqual([1, 4]);
    for (const { id } of inr.layers) expect(tensors.get(`${id}/pixel_abs_sum`)?.shape).toEqual([height, width]);
    const [input] = Object.keys(inr.inputs([0], Uint32Array.of(0)));
    expect(tensors.has(`inputs/${input}`)).toBe(true);

    const maps = work.file('maps.npy');
    await xinc(['trace', run, ...options.slice(0, 4), '--frame', String(frame), '--out', maps]);
    expect(values(`${last}/maps`)).toEqual(decodeNpy(await readFile(maps), maps).data);
    const engine = await ort.create({ threads: 1 });
    const network = createNetwork(inr, await weightsOf(run), engine);
    const { rgb } = await network.reconstruct(frame);
    const picture = values('reconstruction');
    for (const [i, value] of rgb.entries()) expect(Math.abs(picture[i] - value)).toBeLessThan(1e-6);
    await network.dispose();
    await engine.dispose();
  });

  test('as png shows maps', async () => {
    const layer = trained[model].inr.layers[0].id;
    const png = await readFile(await exported(model, 'png', '--layer', layer, '--neurons', '0:4'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBeGreaterThan(100);
  });
});

test('as png and npz has the maps of the neurons that contribute most, where none are named', async () => {
  const { run } = trained.ffn;
  const out = work.file('strongest.png');
  const { stdout } = await xinc(['export', run, '--format', 'png', '--layer', 'layer1', '--out', out, '--json']);
  const { neurons } = JSON.parse(stdout) as { neurons: number[] };
  const { tensors } = await readCheckpoint(await exported('ffn', 'npz', '--layer', 'layer1'));
  const sums = [...tensors.get('layer1/neuron_abs_sum')!.float32()];
  const order = [...sums.keys()].sort((a, b) => sums[b] - sums[a]);
  expect(neurons).toEqual(order.slice(0, 16));
  expect([...tensors.get('layer1/neurons')!.float32()]).toEqual(neurons);
  const { stdout: said } = await xinc(['export', run, '--format', 'png', '--layer', 'layer1', '--out', out]);
  expect(said).toBe(
    `${out}: 16 maps of layer1, each 18 × 26 pixels (height × width) (in place of a file of that name)\n`,
  );
});

test('the file is named after the run, and lies beside it, unless --out says otherwise', async () => {
  const { status, stdout } = await xinc(['export', trained.ffn.run, '--format', 'safetensors']);
  expect(status).toBe(0);
  expect(stdout).toContain(`${trained.ffn.run}.safetensors: 2.7 kB`);
  expect(await readdir(work.path)).toContain('ffn.safetensors');
});

describe('a mistake', () => {
  test.each<[string, string[], RegExp]>([
    [
      'an unknown format',
      ['--format', 'hdf5'],
      /--format hdf5: that is not written\. There are onnx, safetensors, npz, png/,
    ],
    ['another extension', ['--format', 'onnx', '--out', 'x.pt'], /--out x\.pt: a file of this format ends in \.onnx/],
    [
      'a layer for a format without maps',
      ['--format', 'onnx', '--layer', 'layer1'],
      /--layer: onnx holds the network, not its maps\. Maps are written with --format npz or png/,
    ],
    [
      'a frame for a format without maps',
      ['--format', 'safetensors', '--frame', '2'],
      /--frame: safetensors holds the network/,
    ],
    [
      'inputs of a format that is no network',
      ['--format', 'safetensors', '--inputs', 'x.npz'],
      /--inputs: safetensors is no network that is fed anything\. It goes with --format onnx; --format npz has the inputs/,
    ],
    [
      'inputs under another extension',
      ['--format', 'onnx', '--inputs', 'x.npy'],
      /--inputs x\.npy: the file ends in \.npz/,
    ],
    [
      'neurons of no layer',
      ['--format', 'npz', '--neurons', '1,2'],
      /--neurons 1,2: of which layer is not said\. Name it with --layer/,
    ],
    [
      'a picture of no layer',
      ['--format', 'png'],
      /--format png: it is not said of which layer\. Name it with --layer/,
    ],
    [
      'a neuron that is not there',
      ['--format', 'npz', '--layer', 'layer2', '--neurons', '99'],
      /--neurons 99: that names no neuron of the layer\. It has neurons 0 to 11/,
    ],
  ])('%s gets one clear line, and exit status 2', async (_, args, line) => {
    const { status, stderr } = await xinc(['export', trained.ffn.run, ...args], { cwd: work.path });
    expect(stderr).toMatch(line);
    expect(status).toBe(2);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test.each<[string, string[], RegExp]>([
    [
      'a layer that is not there',
      ['--format', 'npz', '--layer', 'layer9'],
      /There is no layer 'layer9'\. This network has layer1, layer2, layer3/,
    ],
    ['a frame that is not there', ['--format', 'npz', '--frame', '3'], /There is no frame 3/],
  ])('%s gets one clear line, and exit status 2 as well', async (_, args, line) => {
    const { status, stderr } = await xinc(['export', trained.ffn.run, ...args], { cwd: work.path });
    expect(stderr).toMatch(line);
    expect(status).toBe(2);
  });
});
