import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NdArray } from '@xinc/core';
import { decodeSafetensors, encodeSafetensors } from '@xinc/core/formats';
import { encodePng } from '@xinc/signals';
import { beforeAll, describe, expect, test } from 'vitest';
import { stateDict, torchFile } from '../../checkpoints/test/torch-writer.js';
import { workFolder, xinc } from './xinc.js';

const work = workFolder();
const SMALL = ['width=16', 'fourierFeatures=12', 'fourierScale=1', 'learningRate=0.01'];
const settings = (pairs: readonly string[]) => pairs.flatMap((pair) => ['--set', pair]);

/** Trains a small FFN of a picture and gives its weights, which say nothing of its settings. */
async function trained(name: string, pairs: readonly string[], ...more: string[]): Promise<Record<string, NdArray>> {
  const run = work.file(`trained-${name}`);
  const input = more.includes('--input') ? more.splice(more.indexOf('--input'), 2)[1] : work.picture;
  const args = ['train', input, '--model', 'ffn', '--steps', '300', '--out', run, '--quiet'];
  const { status, stderr } = await xinc([...args, ...settings([...SMALL, ...pairs]), ...more]);
  expect(status, stderr).toBe(0);
  const file = join(run, 'weights.safetensors');
  return decodeSafetensors(await readFile(file), file).tensors as Record<string, NdArray>;
}

async function written(name: string, tensors: Record<string, NdArray>): Promise<string> {
  const file = work.file(name);
  await writeFile(file, encodeSafetensors({ tensors, metadata: {} }));
  return file;
}

const below = (prefix: string, tensors: Record<string, NdArray>) =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`${prefix}${name}`, tensor]));

const import_ = (file: string, run: string, ...args: string[]) =>
  xinc(['import', file, '--model', 'ffn', '--signal', work.picture, '--out', work.file(run), ...args]);

interface Imported {
  readonly psnr: number;
  readonly key: string;
  readonly networks: readonly { readonly key: string; readonly taken: boolean; readonly psnr: number }[];
  readonly suggested: { readonly psnr: number; readonly set: string[]; readonly key?: string } | null;
  readonly assumed: Readonly<Record<string, unknown>>;
}

async function imported(file: string, run: string, ...args: string[]): Promise<Imported> {
  const { stdout, stderr } = await import_(file, run, '--json', ...args);
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout);
}

describe('what the file does not say', () => {
  test('is listed as assumed, each with its option and its other values', async () => {
    const file = await written('listed.safetensors', await trained('listed', []));
    const { stderr } = await import_(file, 'listed');
    expect(stderr).toContain(
      [
        '  assumed, since the weights do not show it:',
        '    --set coordinates=longest       or linspace, centres, unit, unit-linspace, unit-centres',
        '    --set axes=yx                   or xy',
        '    --set phaseFactor=2pi           or 1, pi',
        '    --set featureOrder=sines-first  or cosines-first, pairs',
        '    --set activation=relu           or leakyRelu, leakyRelu0.1, leakyRelu0.2, gelu, silu, sine, tanh',
        '    --set output=none               or sigmoid, tanh, signed',
      ].join('\n'),
    );
  });

  // The conventions of SIREN's data set, of the rff package, of Tancik et al. (2020), and some that no code has together.
  test.each<[string, string[], string]>([
    ['linspace', ['coordinates=linspace'], 'ort'],
    ['cosines', ['featureOrder=cosines-first'], 'ort'],
    ['tancik', ['coordinates=unit', 'axes=xy', 'output=sigmoid'], 'ort'],
    ['leaky', ['activation=leakyRelu0.2', 'featureOrder=pairs', 'output=tanh'], 'tfjs'],
  ])('is found by what draws the signal better, whatever drew it: %s', async (name, pairs, engine) => {
    const file = await written(`${name}.safetensors`, await trained(name, pairs, '--engine', engine));
    const { psnr, suggested, assumed } = await imported(file, `${name}-assumed`);
    expect(assumed).toMatchObject({ coordinates: 'longest', output: 'none' });
    expect(suggested!.set.sort()).toEqual([...pairs].sort());
    expect(suggested!.psnr).toBeGreaterThan(psnr + 1);
    const { stdout, stderr } = await import_(file, `${name}-assumed`);
    const options = suggested!.set.map((pair) => `--set ${pair}`);
    for (const option of options) expect(stdout).toContain(option);
    expect(stdout, stderr).toMatch(
      /\nWarning: with --set .* it draws picture\.png at \d+\.\d\d dB instead of \d+\.\d\d dB/,
    );
    const right = await imported(file, `${name}-right`, ...settings(pairs));
    expect(right.psnr).toBeCloseTo(suggested!.psnr, 2);
    expect(right.suggested).toBeNull();
    const { metrics } = JSON.parse(await readFile(join(work.file(`trained-${name}`), 'run.json'), 'utf8'));
    expect(right.psnr).toBeCloseTo(metrics.psnr, 1);
  });

  test('is not tried where the file or the user says all of it', async () => {
    const exported = work.file('said.safetensors');
    await trained('said', ['output=sigmoid']);
    await xinc(['export', work.file('trained-said'), '--format', 'safetensors', '--out', exported]);
    const { stderr, stdout } = await import_(exported, 'said');
    expect(stderr).not.toContain('assumed');
    expect(stderr).not.toContain('Tried');
    expect(stdout).toContain('Next: xinc analyze');
  });

  test('is told to be unproven, where another value draws nearly the same', async () => {
    const file = await written('unproven.safetensors', await trained('unproven', ['activation=leakyRelu']));
    const { stdout } = await import_(file, 'unproven');
    expect(stdout).toMatch(
      /The picture does not prove what was assumed: with --set activation=leakyRelu it draws it at \d+\.\d\d dB/,
    );
  });
});

describe('several networks in a file', () => {
  let [first, second]: Record<string, NdArray>[] = [];
  beforeAll(async () => {
    const rgb = Float32Array.from({ length: 3 * 18 * 26 }, (_, i) => (Math.floor(i / 78) % 18) / 17);
    await writeFile(work.file('other.png'), await encodePng({ height: 18, width: 26, rgb }));
    first = await trained('first', [], '--input', work.file('other.png'));
    second = await trained('second', []);
  });

  test('are drawn, listed, and the one that draws the signal best is taken', async () => {
    const file = await written('frames.safetensors', { ...below('frame0.', first), ...below('frame1.', second) });
    const { stdout, stderr } = await import_(file, 'frames');
    expect(stderr).toMatch(
      /2 networks of the model 'ffn' are in the file; PSNR of what each draws, against picture\.png:\n +frame0 +\d+\.\d\d dB\n +frame1 +\d+\.\d\d dB {2}← taken\n +taken is the one that draws it best; --key KEY takes another\n/,
    );
    expect(stdout).toMatch(/frames: PSNR \d+\.\d\d dB, network frame1 of 2\n/);
    const run = JSON.parse(await readFile(join(work.file('frames'), 'run.json'), 'utf8'));
    expect(run.imported.key).toBe('frame1');
  });

  test('are chosen from with --key, and one network is not written over another', async () => {
    const file = work.file('frames.safetensors');
    const chosen = await imported(file, 'chosen', '--key', 'frame0');
    expect(chosen).toMatchObject({ key: 'frame0', networks: [{ key: 'frame0', taken: true }] });
    const other = await import_(file, 'chosen', '--key', 'frame1');
    expect(other.status).toBe(1);
    expect(other.stderr).toContain('the network in the checkpoint is frame0 there, frame1 here');
    const wrong = await import_(file, 'wrong', '--key', 'frame7');
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain(
      `--key frame7: ${file} holds no network there. It holds 2 of the model 'ffn': frame0, frame1.`,
    );
  });

  test('with the same weights are said to be the same; one at the top is called .', async () => {
    const file = await written('same.safetensors', { ...second, ...below('ema.', second), ...below('raw.', first) });
    const { stderr } = await import_(file, 'same');
    expect(stderr).toMatch(/\n +\. +\d+\.\d\d dB {2}← taken\n/);
    expect(stderr).toMatch(/\n +ema +\d+\.\d\d dB, the same weights as \.\n/);
    expect(await imported(file, 'top', '--key', '.')).toMatchObject({ key: '.', networks: [{ taken: true }] });
  });

  test('of which one is broken: it is told why, and another is taken', async () => {
    const bias = { shape: [3], data: Float32Array.of(0, Number.NaN, 0) };
    const file = await written('broken.safetensors', {
      ...below('last.', { ...second, 'layer3.bias': bias }),
      ...below('best.', second),
    });
    const { stdout, stderr } = await import_(file, 'half-broken');
    expect(stderr).toMatch(/\n +last +cannot be drawn: .*'last\.layer3\.bias' holds NaN as its element 1/);
    expect(stdout).toContain('network best of 2');
  });

  test('trained with other conventions: the right one is named with them', async () => {
    const tancik = ['coordinates=unit', 'axes=xy', 'output=sigmoid'];
    const [a, b] = [await trained('a', tancik, '--input', work.file('other.png')), await trained('b', tancik)];
    const file = await written('both.safetensors', { ...below('a.', a), ...below('b.', b) });
    const { key, suggested } = await imported(file, 'both');
    expect(suggested!.key ?? key).toBe('b');
    expect(suggested!.set.sort()).toEqual([...tancik].sort());
  });
});

describe('a network that overflows to NaN at every pixel, although its weights are numbers', () => {
  /** Two more neurons a layer, whose contributions to the picture cancel: 1 − 1 with tanh, ∞ − ∞ with ReLU. */
  function overflowing(tensors: Record<string, NdArray>): Record<string, NdArray> {
    const [width, features] = tensors['layer1.weight'].shape;
    const wide = width + 2;
    const widened = (name: string, rows: number, columns: number) => {
      const { shape, data } = tensors[name];
      const [height, from] = shape.length === 2 ? shape : [shape[0], 1];
      const all = new Float32Array(rows * columns);
      for (let y = 0; y < height; y++) all.set(data.subarray(y * from, (y + 1) * from) as Float32Array, y * columns);
      return { shape: shape.length === 2 ? [rows, columns] : [rows], data: all };
    };
    const large = {
      'layer1.weight': widened('layer1.weight', wide, features),
      'layer1.bias': widened('layer1.bias', wide, 1),
      'layer2.weight': widened('layer2.weight', wide, wide),
      'layer2.bias': widened('layer2.bias', wide, 1),
      'layer3.weight': widened('layer3.weight', 3, wide),
    };
    large['layer1.bias'].data[width] = 3e38;
    for (const row of [width, width + 1]) large['layer2.weight'].data[row * wide + width] = 3e38;
    for (const channel of [0, 1, 2]) large['layer3.weight'].data.set([1, -1], channel * wide + width);
    return { ...tensors, ...large };
  }

  test('is refused with the settings that draw the signal, and nothing is written', async () => {
    const tensors = overflowing(await trained('overflow', ['activation=tanh']));
    const file = await written('overflow.safetensors', tensors);
    const { status, stderr } = await import_(file, 'overflow', '--quiet');
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /overflow\.safetensors draws no picture: all 468 pixels are NaN, although its weights are numbers\. With --set activation=tanh it draws picture\.png at \d+\.\d\d dB: it was probably trained so, import it with these options\.\n$/,
    );
    await expect(readFile(join(work.file('overflow'), 'run.json'))).rejects.toThrow('ENOENT');
    expect((await import_(file, 'overflow', '--set', 'activation=tanh')).status).toBe(0);
  });

  test('is refused without settings where none draw the signal', async () => {
    const tensors = overflowing(await trained('nowhere', []));
    const far = { shape: [3], data: Float32Array.of(9, -9, 9) };
    const { status, stderr } = await import_(
      await written('nowhere.safetensors', { ...tensors, 'layer3.bias': far }),
      'nowhere',
    );
    expect(status).toBe(1);
    expect(stderr).toContain('What it computes overflows: check the model and its settings (--set) and the weights.');
  });
});

test('a matrix of frequencies that two modules register is one', async () => {
  const tensors = await trained('twice', []);
  const names = { layer1: 'model.1', layer2: 'model.3', layer3: 'model.5' };
  const { frequencies, ...layers } = tensors;
  const renamed = Object.fromEntries(
    Object.entries(layers).map(([name, value]) => [
      name.replace(/^layer\d/, (layer) => names[layer as 'layer1']),
      value,
    ]),
  );
  const file = await written('twice.safetensors', { 'encode.B': frequencies, 'model.0.B': frequencies, ...renamed });
  const { status, stderr } = await import_(file, 'twice');
  expect(status, stderr).toBe(0);
  expect(stderr).toContain(
    'told from shapes and order, for want of known names: frequencies = encode.B, layer1.weight',
  );
});

test('biases that are not in the file are zero, and said to be', async () => {
  const tensors = await trained('unbiased', []);
  const weights = Object.fromEntries(Object.entries(tensors).filter(([name]) => !name.endsWith('bias')));
  const { status, stderr } = await import_(await written('unbiased.safetensors', weights), 'unbiased');
  expect(status, stderr).toBe(0);
  expect(stderr).toContain('  not in the file, so zero: layer1.bias, layer2.bias, layer3.bias\n');
});

const siren = Object.fromEntries(
  [2, 8, 8].flatMap((inputs, i): [string, number[]][] => [
    [`net.${i}.linear.weight`, [i === 2 ? 3 : 8, inputs]],
    [`net.${i}.linear.bias`, [i === 2 ? 3 : 8]],
  ]),
);
const hnerv = {
  embed: [4, 4, 2, 4],
  'decoder.0.conv.downconv.weight': [16, 4, 1, 1],
  'decoder.1.conv.upconv.0.weight': [224, 16, 3, 3],
  'head_layer.weight': [3, 14, 3, 3],
};

describe('a network of another family', () => {
  test.each<[string, Record<string, number[]>, string[], string]>([
    [
      'HNeRV',
      hnerv,
      ['--model', 'nerv'],
      "looks like an HNeRV: it draws each frame from an embedding of that frame ('embed', 4×4×2×4). The model 'hnerv' is of this kind, and does not recognise it: --model hnerv tells why.",
    ],
    [
      'HNeRV, at a size that its shapes fit',
      hnerv,
      ['--model', 'nerv', '--size', '4x4'],
      'looks like an HNeRV: it draws each frame from an embedding of that frame',
    ],
    [
      'E-NeRV',
      { 'stem_t.0.weight': [8, 16], 'stem_xy.0.weight': [8, 2], 'layers.0.conv.conv.weight': [16, 8, 3, 3] },
      ['--model', 'nerv'],
      'looks like an E-NeRV: it holds a branch for time and one for coordinates. No installed model is of this kind',
    ],
  ])('is named in one line, and nothing is made of it: %s', async (_, shapes, args, what) => {
    const file = work.file('foreign.pt');
    const { content, storages } = stateDict(shapes);
    await writeFile(file, torchFile({ content, storages }));
    const { status, stdout, stderr } = await xinc(['import', file, '--signal', work.picture, '--quiet', ...args]);
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr.trimEnd()).toMatch(
      /^xinc: .*foreign\.pt looks like .*\. (The model 'hnerv' is of this kind.*|No installed model is of this kind; a plugin can add one.*)\.$/,
    );
    expect(stderr).toContain(what);
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  test('that an installed model is of: that one is named', async () => {
    const file = work.file('foreign.pt');
    const { content, storages } = stateDict(siren);
    await writeFile(file, torchFile({ content, storages }));
    const { status, stderr } = await xinc(['import', file, '--signal', work.picture, '--quiet', '--model', 'ffn']);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /foreign\.pt looks like a SIREN: dense layers 2 → 8 → 8 → 3 on the coordinates themselves .*\. Give --model siren\.\n$/,
    );
  });

  test('that another installed model recognises: that one is named', async () => {
    const tensors = await trained('named', []);
    const file = await written('named.safetensors', tensors);
    const args = ['import', file, '--model', 'nerv', '--signal', work.picture, '--size', '16x16', '--quiet'];
    const { status, stderr } = await xinc(args);
    expect(status).toBe(1);
    expect(stderr).toContain(
      "holds no network that the model 'nerv' recognises. The model 'ffn' does: give --model ffn.",
    );
  });

  test('that only differs by what the user set: the settings are named', async () => {
    const file = work.file('named.safetensors');
    const { status, stderr } = await import_(file, 'contradicted', '--set', 'width=17');
    expect(status).toBe(1);
    expect(stderr).toContain('Without --set width=17 it fits: the weights show these settings themselves.');
  });
});

describe('--at', () => {
  const shapes = {
    embed: [2, 3, 9, 13],
    'decoder.0.conv.downconv.weight': [4, 3, 1, 1],
    'decoder.1.conv.upconv.0.weight': [16, 4, 1, 1],
    'head_layer.weight': [3, 4, 3, 3],
  };

  test('says which of the frames of an HNeRV the signal is', async () => {
    const file = work.file('frames.pt');
    await writeFile(file, torchFile(stateDict(shapes)));
    const args = ['import', file, '--model', 'hnerv', '--signal', work.picture, '--out', work.file('frame'), '--quiet'];
    const without = await xinc(args);
    expect(without.status).toBe(2);
    expect(without.stderr).toContain('the network has 2 embeddings, one for each frame, and the signal has 1 frame.');
    expect(without.stderr).toContain('as --at 0:1');
    const { status, stdout, stderr } = await xinc([
      ...args,
      ...['--at', '1', '--json'],
      ...settings(['output=tanh', 'activation=gelu']),
    ]);
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout).config).toMatchObject({ embeddings: 2, at: { frames: [1], of: null } });
  });

  test('is refused for a model that has no frames to choose from', async () => {
    const file = work.file('frames.pt');
    await writeFile(file, torchFile(stateDict(shapes)));
    const { status, stderr } = await xinc(['import', file, '--model', 'nerv', '--signal', work.picture, '--at', '1']);
    expect(status).toBe(2);
    expect(stderr).toContain('--at is for networks that come as a file of their own (.onnx)');
  });
});
