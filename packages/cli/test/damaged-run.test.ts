import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeNpy } from '@xinc/core/formats';
import { expect, test } from 'vitest';
import { workFolder, xinc } from './xinc.js';

/* Files of a run that are damaged, missing or another run's: a line that names them, and nothing taken for what it is not. */
const work = workFolder();

const train = (name: string, width: number, ...more: string[]) =>
  xinc([
    ...['train', work.picture, '--out', work.file(name), '--steps', '2'],
    ...['--set', `width=${width}`, '--set', 'fourierFeatures=10', ...more],
  ]);

async function trained(name: string, width: number, ...more: string[]): Promise<string> {
  const { status, stderr } = await train(name, width, ...more);
  expect(status, stderr).toBe(0);
  return work.file(name);
}

test('weights of another network are refused by every command that reads them', async () => {
  const [narrow, wide] = [await trained('narrow', 8), await trained('wide', 12)];
  await copyFile(join(wide, 'weights.safetensors'), join(narrow, 'weights.safetensors'));
  for (const args of [
    ['report', narrow],
    ['analyze', narrow, 'completeness'],
    ['trace', narrow, '--layer', 'layer2', '--out', work.file('maps.npy')],
    ['export', narrow, '--format', 'onnx', '--out', work.file('x.onnx')],
  ]) {
    const { status, stderr } = await xinc(args);
    expect(status, args.join(' ')).toBe(1);
    expect(stderr.trim().split('\n').at(-1)).toMatch(
      /^xinc: .*weights\.safetensors does not fit the network: 'layer1\.weight' is 12×20, not 8×20\. It is of another network/,
    );
  }
});

test.each([
  ['analysis/omissions.json', '{', /omissions\.json is damaged: it is not JSON\. Run xinc analyze .* again/],
  ['analysis/omissions.json', '{}', /omissions\.json is damaged: Invalid input: expected array/],
  ['signal/labels/annotation/notes.json', '[', /notes\.json is damaged: it is not JSON\. Repeat the command that gave/],
])('%s that holds %j is named', async (file, text, line) => {
  const run = await trained('damaged', 8);
  const path = join(run, ...file.split('/'));
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
  const { status, stderr } = await xinc(['report', run]);
  expect(status).toBe(1);
  expect(stderr).toMatch(line);
  await rm(path);
});

test('labels may be added to a run and damaged ones repaired, but not replaced by others', async () => {
  const labels = async (name: string, of: (p: number) => number) => {
    const path = work.file(name);
    const data = Uint8Array.from({ length: 18 * 26 }, (_, p) => of(p));
    await writeFile(path, encodeNpy({ shape: [18, 26], data }));
    return ['--labels', path];
  };
  const [halves, thirds] = [await labels('halves.npy', (p) => p % 2), await labels('thirds.npy', (p) => p % 3)];
  const run = await trained('labelled', 8);
  await trained('labelled', 8, ...halves);
  const stored = join(run, 'signal', 'labels', 'annotation', 'frame-0000.png');
  const before = await readFile(stored);
  const other = await train('labelled', 8, ...thirds);
  expect(other.status).toBe(1);
  expect(other.stderr).toMatch(/labelled has other labels\. Choose another --out; or to replace them, delete/);
  expect(await readFile(stored)).toEqual(before);
  await writeFile(stored, before.subarray(0, 30));
  await trained('labelled', 8, ...halves);
  expect(await readFile(stored)).toEqual(before);
});

test('another setting of the model is named, with both values', async () => {
  await trained('set', 8);
  const { status, stderr } = await train('set', 9);
  expect(status).toBe(1);
  expect(stderr).toMatch(/set holds another run: the model’s setting 'width' is 8 there, 9 here/);
});
