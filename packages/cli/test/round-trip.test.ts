import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { encodeSafetensors } from '@xinc/core/formats';
import nerv from '@xinc/model-nerv';
import { encodePng } from '@xinc/signals';
import { beforeAll, expect, test } from 'vitest';
import { workFolder, xinc } from './xinc.js';

const work = workFolder();
const picture = () => work.file('picture.png');
const clip = () => work.file('clip');

beforeAll(async () => {
  await mkdir(clip());
  for (const [frame, path] of [picture(), `${clip()}/0.png`, `${clip()}/1.png`].entries()) {
    const rgb = Float32Array.from({ length: 3 * 12 * 16 }, (_, i) => ((i * (frame + 5)) % 11) / 11);
    await writeFile(path, await encodePng({ height: 12, width: 16, rgb }));
  }
});

async function succeed(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await xinc(args);
  expect(status, `${args.join(' ')}\n${stderr}`).toBe(0);
  return stdout;
}

async function mapsOf(run: string, layer: string): Promise<Buffer> {
  const file = work.file('maps.npy');
  await succeed('trace', run, '--layer', layer, '--out', file);
  return readFile(file);
}

/** Exports a run as ONNX, imports that file, and compares every layer's maps bit by bit. */
async function comesBack(run: string, signal: string, ...options: string[]): Promise<void> {
  const [file, back] = [`${run}.onnx`, `${run}-back`];
  await succeed('export', run, '--format', 'onnx', '--out', file);
  await succeed('import', file, '--signal', signal, '--out', back, ...options);
  const { layers } = JSON.parse(await succeed('layers', run, '--json'));
  expect(layers.length).toBeGreaterThan(1);
  for (const { id } of layers) expect((await mapsOf(back, id)).equals(await mapsOf(run, id)), id).toBe(true);
}

test('an FFN that is exported as ONNX and imported again has the same maps, to the bit', async () => {
  const run = work.file('ffn');
  const small = ['--set', 'width=12', '--set', 'layers=2', '--steps', '5'];
  await succeed('train', picture(), '--model', 'ffn', ...small, '--out', run);
  await comesBack(run, picture(), '--coordinates', 'longest,yx');
});

test('a NeRV that is exported as ONNX and imported again has the same maps, to the bit', async () => {
  const run = work.file('nerv');
  const small = ['--set', 'strides=2,2', '--set', 'parameters=4000', '--steps', '5'];
  await succeed('train', clip(), '--model', 'nerv', ...small, '--out', run);
  const { model } = JSON.parse(await readFile(`${run}/run.json`, 'utf8'));
  const signal = { kind: 'video', frames: 2, height: 12, width: 16 } as const;
  const network = nerv.build(nerv.config.parse(model.config), signal);
  const inputs = work.file('inputs.safetensors');
  await writeFile(inputs, encodeSafetensors({ tensors: network.inputs([0, 1]), metadata: {} }));
  await comesBack(run, clip(), '--inputs', inputs);
});
