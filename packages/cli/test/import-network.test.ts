import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { encodePng } from '@xinc/signals';
import { beforeAll, describe, expect, test } from 'vitest';
import { workFolder, xinc } from './xinc.js';

const work = workFolder();
const fixture = (name: string) => fileURLToPath(new URL(`../../model-onnx/test/fixtures/${name}`, import.meta.url));

const picture = () => work.file('small.png');
const clip = () => work.file('clip');
beforeAll(async () => {
  const rgb = Float32Array.from({ length: 3 * 12 * 16 }, (_, i) => ((i * 7) % 11) / 11);
  const png = await encodePng({ height: 12, width: 16, rgb });
  await writeFile(picture(), png);
  await mkdir(clip());
  for (const name of ['0.png', '1.png']) await writeFile(`${clip()}/${name}`, png);
});

describe('a network in a file of its own', () => {
  test('of coordinates is imported, told in words, traced and reported', async () => {
    const run = work.file('skips');
    const imported = await xinc(['import', fixture('skips.onnx'), '--signal', picture(), '--out', run, '--json']);
    expect(imported.status, imported.stderr).toBe(0);
    const { model, assumed } = JSON.parse(imported.stdout);
    expect(model).toBe('onnx');
    expect(assumed).toEqual({ coordinates: 'linspace', axes: 'xy', range: [0, 1] });

    const told = await xinc(['layers', run]);
    expect(told.stdout).toMatch(/a\s+2 neurons {2}dense, 2 → 9 → relu\n.*b\s+9 neurons {2}dense, 9 → 7 → relu/);
    const layers = JSON.parse((await xinc(['layers', run, '--json'])).stdout);
    expect(layers.layers.map(({ id, neurons }: { id: string; neurons: number }) => [id, neurons])).toEqual([
      ['a', 2],
      ['b', 9],
      ['c', 9],
    ]);

    const analysed = await xinc(['analyze', run, 'completeness', 'canvas', '--groupings', 'grid:2x2']);
    expect(analysed.status, analysed.stderr).toBe(0);
    expect(analysed.stderr).toContain('In every layer contributions add up to the pre-activations');
    expect(await readFile(`${run}/report.html`, 'utf8')).toContain('dense, 9 → 7 → relu');
    const maps = work.file('maps.npy');
    expect((await xinc(['trace', run, '--layer', 'b', '--neurons', '0,3', '--out', maps])).status).toBe(0);
  });

  test('of frames takes what it is fed from --inputs, and says which layer it cannot trace', async () => {
    const run = work.file('normalised');
    const args = ['--inputs', fixture('normalised.npz'), '--signal', clip(), '--out', run];
    const imported = await xinc(['import', fixture('normalised.onnx'), ...args]);
    expect(imported.status, imported.stderr).toBe(0);
    expect(imported.stderr).not.toContain('coordinates');
    // Two of its frames, the other way around.
    const turned = work.file('turned');
    const other = await xinc([
      'import',
      fixture('normalised.onnx'),
      ...args.slice(0, 4),
      '--out',
      turned,
      '--at',
      '1,0',
    ]);
    expect(other.status, other.stderr).toBe(0);
    const { stdout } = await xinc(['layers', run]);
    expect(stdout).toMatch(/Not traced:\n\s+s\s+of 'mul' \(1×8×12×16\) on its way to the picture, it repeats pixels/);
    const analysed = await xinc(['analyze', run, 'completeness', 'faithfulness', '--groupings', 'grid:2x2']);
    expect(analysed.status, analysed.stderr).toBe(0);
  });

  test.each([
    [
      'what it is fed is not given',
      ['residual.onnx'],
      /The network reads 'x' \(1×3×6×8\), which is not given\. Give the arrays it is fed, by name, as an \.npz file: --inputs/,
    ],
    [
      'an array has another shape',
      ['skips.onnx', '--inputs', 'stem.npz'],
      /The array 'x' is 2×5, and the network's input of that name is 192×2\. Give \[frames, 2\], or a row for each of the 12×16 pixels\./,
    ],
    [
      'another input is given',
      ['skips.onnx', '--inputs', 'skips.expected.npz'],
      /The network has no input 'rgb'\. It reads 'x'\./,
    ],
    [
      'a network without time is to draw a video',
      ['skips.onnx'],
      /The network is fed the same for every frame, and the signal is a video\. Give an entry for each frame with --inputs/,
    ],
    [
      'there are other frames than the signal has',
      ['residual.onnx', '--inputs', 'residual.npz', '--frames', '0:1'],
      /The signal has one frame, and the array 'x' has 2 frames\. Say which of them they are, as --at 0:1;/,
    ],
    [
      'it is said to be of other frames',
      ['residual.onnx', '--inputs', 'residual.npz', '--at', '0,2'],
      /--at names frame 2, and the array 'x' has 2 frames: 0 to 1/,
    ],
    [
      'frames are said in no way that is known',
      ['residual.onnx', '--inputs', 'residual.npz', '--at', 'x'],
      /cannot take at = x: write frames as 10:20, 0:40:10 or 0,7,9/,
    ],
    [
      'an output is named that it has not',
      ['skips.onnx', '--output', 'rgbs'],
      /skips\.onnx has no output 'rgbs'\. Did you mean 'rgb'\?/,
    ],
    [
      'the signal has another size',
      ['residual.onnx', '--inputs', 'residual.npz', '--size', '8x8'],
      /draws 12×16 pixels, and the signal has 8×8\. .*--size 12x16/,
    ],
    ['the file is none', ['broken.onnx'], /broken\.onnx is no ONNX model, or is damaged/],
    ['it is another model’s', ['skips.onnx', '--model', 'ffn'], /./],
  ])('is refused in one line where %s', async (_what, [name, ...options], line) => {
    const file = name === 'broken.onnx' ? work.file(name) : fixture(name);
    if (name === 'broken.onnx') await copyFile(picture(), file);
    const run = work.file('refused');
    const args = options.map((option) => (option.endsWith('.npz') ? fixture(option) : option));
    const { status, stderr } = await xinc(['import', file, '--signal', clip(), '--out', run, ...args]);
    expect([1, 2]).toContain(status);
    expect(stderr).toMatch(line);
    expect(stderr).not.toContain('a fault of xinc');
    expect(existsSync(run)).toBe(false);
  });

  test('has options of its own, which a checkpoint does not take', async () => {
    const args = ['--model', 'ffn', '--signal', picture(), '--range', '-1:1'];
    const { status, stderr } = await xinc(['import', fixture('skips.npz'), ...args]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/--range is for networks that come as a file of their own/);
  });
});
