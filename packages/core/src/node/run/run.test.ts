import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ndarray } from '../../ndarray.js';
import type { RunManifest } from './manifest.js';
import { Run } from './run.js';

const manifest: RunManifest = {
  schema: 1,
  xinc: '0.1.0',
  created: '2026-01-02T03:04:05.000Z',
  signal: {
    kind: 'image',
    frames: 1,
    height: 2,
    width: 3,
    source: { path: 'a.png', sha256: 'ab', originalHeight: 2, originalWidth: 3, notes: [] },
    labelled: false,
  },
  model: { name: 'ffn', package: '@xinc/model-ffn', version: '0.1.0', config: {}, parameters: 10 },
  seed: 0,
  training: { steps: 10, learningRate: 1e-3, batch: 6, engine: 'ort', step: 4, seconds: 1 },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xinc-run-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a run directory', () => {
  test('is made in an empty folder, and opens as it was written', async () => {
    const run = await Run.create(join(folder, 'run'), manifest);
    await run.update({ metrics: { psnr: 30, framePsnr: [30] } });
    const { manifest: read } = await Run.open(run.path);
    expect(read).toEqual({ ...manifest, metrics: { psnr: 30, framePsnr: [30] } });
  });

  test('leaves no temporary files behind', async () => {
    const run = await Run.create(folder, manifest);
    await run.writeWeights({ w: ndarray([1]) });
    expect((await readdir(folder)).sort()).toEqual(['run.json', 'weights.safetensors']);
  });

  test('is not made where something else is', async () => {
    await writeFile(join(folder, 'diary.txt'), 'dear');
    await expect(Run.create(folder, manifest)).rejects.toThrow(/is not empty and holds no run\. Choose another folder/);
    expect(await readdir(folder)).toEqual(['diary.txt']);
  });

  test('says what is wrong with a folder that is none', async () => {
    await expect(Run.open(join(folder, 'nowhere'))).rejects.toThrow('nowhere does not exist. Name a folder that xinc');
    await expect(Run.open(folder)).rejects.toThrow('is not a run: it has no run.json');
    await writeFile(join(folder, 'run.json'), '{"schema": 1');
    await expect(Run.open(folder)).rejects.toThrow('is not the description of a run: it is not JSON');
    await writeFile(join(folder, 'run.json'), '{"schema": 1}');
    await expect(Run.open(folder)).rejects.toThrow('is not the description of a run: xinc: ');
  });

  test('refuses a newer schema', async () => {
    await writeFile(join(folder, 'run.json'), JSON.stringify({ ...manifest, schema: 2 }));
    await expect(Run.open(folder)).rejects.toThrow(
      'has schema 2, and this version of XINC knows 1. Use a newer version',
    );
  });

  test('has weights or says how far training is', async () => {
    const run = await Run.create(folder, manifest);
    await expect(run.weights()).rejects.toThrow('has no weights yet: 4 of 10 steps are done. Run the command');
    const weights = { a: ndarray([2], Float32Array.of(1, 2)), b: ndarray([1, 1], Float32Array.of(3)) };
    await run.writeWeights(weights);
    expect(await run.weights()).toEqual(weights);
  });

  test('keeps the state of training exactly', async () => {
    const run = await Run.create(folder, manifest);
    expect(await run.trainingState()).toBeNull();
    const state = {
      fixed: { f: ndarray([1], Float32Array.of(0.1)) },
      trainer: {
        step: 7,
        parameters: { w: ndarray([2], Float32Array.of(1e-9, -3)) },
        firstMoment: { w: ndarray([2], Float32Array.of(4, 5)) },
        secondMoment: { w: ndarray([2], Float32Array.of(6, 7)) },
      },
    };
    await run.writeTrainingState(state);
    expect(await run.trainingState()).toEqual(state);
    await run.removeTrainingState();
    expect(await run.trainingState()).toBeNull();
  });

  test('reads a training log whose last line was cut short', async () => {
    const run = await Run.create(folder, manifest);
    const entry = { step: 1, loss: 0.5, psnr: 3, seconds: 0.1 };
    await run.appendTrainingLog([entry]);
    await writeFile(join(folder, 'training.jsonl'), `${await readFile(join(folder, 'training.jsonl'))}{"step": 2, "lo`);
    expect(await run.trainingLog()).toEqual([entry]);
  });

  test('is written by one process at a time, which finds no halves that a killed one left', async () => {
    const run = await Run.create(folder, manifest);
    await mkdir(join(folder, 'signal'));
    for (const name of ['weights.safetensors.0a1b2c3d.tmp', 'signal/frame-0000.png.01234567.tmp', 'mine.tmp']) {
      await writeFile(join(folder, name), 'half');
    }
    const seen = await run.exclusively(async () => {
      await expect(run.exclusively(async () => {})).rejects.toMatchObject({ code: 'conflict', subject: folder });
      return (await readdir(folder, { recursive: true })).sort();
    });
    expect(seen).toEqual(['mine.tmp', 'run.json', 'signal', 'xinc.lock']);
    await expect(run.exclusively(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await readdir(folder)).not.toContain('xinc.lock');
  });

  test('says why a file cannot be written, and leaves nothing half-written', async () => {
    const run = await Run.create(folder, manifest);
    await mkdir(join(folder, 'weights.safetensors'));
    await expect(run.writeWeights({ w: ndarray([1]) })).rejects.toMatchObject({ code: 'io' });
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
