import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { AnalysisPlugin, Frame, GroupingPlugin, LabelMap } from '@xinc/core';
import { groupSizes, randomStream } from '@xinc/core';
import { decodeNpy, decodeSafetensors } from '@xinc/core/formats';
import { checkAnalysis, checkGrouping } from '@xinc/core/testing';
import { renderFigure } from '@xinc/report';
import { describe, expect, test } from 'vitest';
import { workFolder, xinc } from './xinc.js';

const work = workFolder();
const folder = fileURLToPath(new URL('../../../examples/more-plugins', import.meta.url));
const load = async (file: string) => import(pathToFileURL(join(folder, file)).href);
const [slic, edgeStrength, dominantFrequency] = (await load('index.js')).default as [
  GroupingPlugin<{ segments: number; compactness: number }>,
  GroupingPlugin<{ bands: number }>,
  AnalysisPlugin,
];
const { Spectrum } = await load('frequency/fourier.js');
const { peakOf } = await load('frequency/peak.js');

const picture = (height: number, width: number, value: (y: number, x: number) => readonly number[]): Frame => ({
  height,
  width,
  rgb: Float32Array.from({ length: 3 * height * width }, (_, i) => {
    const p = Math.floor(i / 3);
    return value(Math.floor(p / width), p % width)[i % 3];
  }),
});
const label = async <C>(grouping: GroupingPlugin<C>, frame: Frame, options: object = {}): Promise<LabelMap> => {
  const { height, width } = frame;
  const signal = { kind: 'image', frames: 1, height, width } as const;
  return grouping.label(frame, grouping.options.parse(options), { frame: 0, seed: 0, signal });
};

test('the kit finds nothing wrong with them', async () => {
  for (const { groups, empty } of await checkGrouping(slic)) expect(groups - empty).toBeGreaterThan(48);
  for (const { groups, empty } of await checkGrouping(edgeStrength)) expect([groups, empty]).toEqual([8, 0]);
  const [{ result }] = await checkAnalysis(dominantFrequency, {
    draw: (figure) => renderFigure(figure, { theme: 'light', format: 'svg' }),
  });
  expect(result!.figures).toHaveLength(2);
});

describe('superpixels', () => {
  test('follow an edge that crosses them', async () => {
    const isRed = (y: number, x: number) => 3 * y + 2 * x < 150;
    const frame = picture(40, 60, (y, x) => (isRed(y, x) ? [0.8, 0.1, 0.1] : [0.1, 0.2, 0.7]));
    const map = await label(slic, frame, slic.parse!('24') as object);
    expect(map.groups.length).toBeGreaterThan(16);
    const reds = new Float64Array(map.groups.length);
    map.labels.forEach((group, p) => {
      if (isRed(Math.floor(p / 60), p % 60)) reds[group]++;
    });
    const sizes = groupSizes(map);
    for (const [group, red] of reds.entries()) expect([0, sizes[group]], `group ${group}`).toContain(red);
  });

  test('of a picture of one colour are about equally large', async () => {
    const sizes = groupSizes(
      await label(
        slic,
        picture(40, 40, () => [0.5, 0.5, 0.5]),
        { segments: 16 },
      ),
    );
    expect(sizes).toHaveLength(16);
    for (const size of sizes) expect(Math.abs(size - 100)).toBeLessThan(45);
  });
});

test('edges lie in the strongest band, what is flat in the weakest', async () => {
  const frame = picture(20, 40, (_, x) => (x < 20 ? [0, 0, 0] : [1, 1, 1]));
  const { labels } = await label(edgeStrength, frame, { bands: 16 });
  for (let p = 0; p < labels.length; p++) {
    const onEdge = p % 40 === 19 || p % 40 === 20;
    if (onEdge) expect(labels[p]).toBeGreaterThan(14);
    else expect(labels[p]).toBe(labels[0]);
  }
});

describe('a dominant frequency', () => {
  const [height, width] = [48, 80];
  const spectrum = new Spectrum(height, width);
  const stream = randomStream(0, 'noise');
  const mapOf = (value: (y: number, x: number) => number) =>
    Float32Array.from({ length: height * width }, (_, p) => value(Math.floor(p / width), p % width));
  const found = (map: Float32Array) => peakOf(spectrum, spectrum.of(map), 0.3);

  test.each([
    [0.1, 90],
    [0.25, 0],
    [0.17, 30],
    [0.31, 135],
    [0.42, 75],
  ])('of %d cycles per pixel at %d° is found, whatever lies under it', (frequency, degrees) => {
    const angle = (degrees * Math.PI) / 180;
    // The stripes run along (cos, −sin) in a picture whose rows count downward; the wave goes across them.
    const wave = (y: number, x: number) =>
      Math.sin(2 * Math.PI * frequency * (x * Math.sin(angle) + y * Math.cos(angle)) + 1);
    for (const cut of [(u: number) => u, (u: number) => Math.max(u, 0)]) {
      const peak = found(mapOf((y, x) => 5 + 2 * cut(wave(y, x))));
      expect(peak.frequency).toBeCloseTo(frequency, 2);
      const turn = Math.abs(((peak.orientation - degrees + 270) % 180) - 90);
      expect(turn).toBeLessThan(1.5);
    }
  });

  test.each<readonly [string, (y: number, x: number) => number]>([
    ['a slope', (y, x) => y + 2 * x],
    ['one bump', (y, x) => Math.exp(-((y - 20) ** 2 + (x - 40) ** 2) / 50)],
    ['one value', () => 3],
    ['nothing', () => 0],
    ['noise', () => stream.uniform()],
    [
      'many waves',
      (y, x) =>
        [0.07, 0.13, 0.21, 0.29, 0.36, 0.44].reduce(
          (sum, f, i) => sum + Math.sin(2 * Math.PI * f * (i % 2 ? x : y)),
          0,
        ),
    ],
  ])('is none in %s', (_what, value) => {
    expect(found(mapOf(value))).toBeUndefined();
  });

  test("of a network's Fourier features is that of their weights, in a run of the command line", async () => {
    const run = work.file('frequencies');
    const plugin = ['--plugin', folder];
    const settings = ['fourierFeatures=12', 'fourierScale=2', 'width=8'].flatMap((setting) => ['--set', setting]);
    const trained = await xinc([
      'train',
      work.picture,
      ...plugin,
      '--model',
      'ffn',
      ...settings,
      '--steps',
      '2',
      '--out',
      run,
    ]);
    expect(trained.status, trained.stderr).toBe(0);
    const names = ['dominant-frequency', 'grouping-variance', '--groupings', 'slic:16,edge-strength'];
    const analysed = await xinc(['analyze', run, ...names, ...plugin]);
    expect(analysed.status, analysed.stderr).toBe(0);
    const { tensors } = decodeSafetensors(await readFile(join(run, 'weights.safetensors')), 'weights');
    const { data } = tensors.frequencies;
    const layer = join(run, 'analysis', 'dominant-frequency', 'frame-0000', 'layer1');
    const found = decodeNpy(await readFile(join(layer, 'frequency.npy')), 'frequency').data;
    let compared = 0;
    for (const [n, frequency] of found.entries()) {
      // Sines, then cosines; the 26 pixels of the longer side are coordinates from −1 to 1.
      const [down, across] = data.subarray(2 * (n % 12)).map((cycles) => (cycles * 2) / 25);
      const own = Math.hypot(down, across);
      if (Number.isNaN(frequency) || own < 0.16 || Math.max(Math.abs(down), Math.abs(across)) > 0.42) continue;
      expect(Math.abs(frequency - own), `neuron ${n}`).toBeLessThan(0.03);
      compared++;
    }
    expect(compared).toBeGreaterThan(3);
  });
});
