import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Inr, ndarray } from '@xinc/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manifest } from '../../test/manifest.js';
import { Run } from './run.js';

/** Those of the weights that the tests write are small. */
const parameters: Inr['parameters'] = [
  { name: 'w', shape: [2], init: { kind: 'constant', value: 0 }, trainable: true },
];
const network = {
  parameters,
  training: {
    optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    learningRate: 1e-3,
    schedule: () => 1,
    steps: 10,
    batch: 6,
  },
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

  test('is made and filled by one process at a time, and what another made meanwhile stays', async () => {
    const path = join(folder, 'runs', 'run');
    const second = () => Run.create(path, { ...manifest, seed: 1 }, (run) => run.write('signal/a.png', 'second'));
    await Run.create(path, manifest, async (run) => {
      await expect(second()).rejects.toMatchObject({
        code: 'conflict',
        message: `${path} holds a run by now, which another process has made. Repeat the command to go on with it, or choose another folder with \`out\`.`,
      });
      await run.write('signal/a.png', 'first');
    });
    await expect(second()).rejects.toThrow('holds a run by now');
    expect(await readFile(join(path, 'signal', 'a.png'), 'utf8')).toBe('first');
    expect((await Run.open(path)).manifest.seed).toBe(0);
    expect((await readdir(path)).sort()).toEqual(['run.json', 'signal']);
  });

  test('is not begun where another process is about to', async () => {
    await writeFile(join(folder, 'xinc.lock'), JSON.stringify({ pid: process.ppid, host: hostname() }));
    await expect(Run.create(folder, manifest)).rejects.toThrow(`${folder} is being written by another process`);
    expect(await readdir(folder)).toEqual(['xinc.lock']);
  });

  test('is made where a killed process had only begun to', async () => {
    await writeFile(join(folder, 'xinc.lock'), JSON.stringify({ pid: process.pid, host: hostname() }));
    await writeFile(join(folder, 'run.json.0123abcd.tmp'), '{"sche');
    await Run.create(folder, manifest);
    expect(await readdir(folder)).toEqual(['run.json']);
  });

  test('leaves nothing where it could not be filled, and says why', async () => {
    const failing = async (run: Run) => {
      await run.write('signal/a.png', '');
      throw new Error('no picture');
    };
    await writeFile(join(folder, 'diary.txt'), 'dear');
    await expect(Run.create(join(folder, 'gone'), manifest, failing)).rejects.toThrow('no picture');
    await expect(Run.create(folder, manifest, failing)).rejects.toThrow(/is not empty and holds no run/);
    expect(await readdir(folder)).toEqual(['diary.txt']);
    await mkdir(join(folder, 'empty'));
    await expect(Run.create(join(folder, 'empty'), manifest, failing)).rejects.toThrow('no picture');
    expect(await readdir(join(folder, 'empty'))).toEqual([]);
    await writeFile(join(folder, 'file'), '');
    await expect(Run.create(join(folder, 'file', 'run'), manifest)).rejects.toMatchObject({ code: 'io' });
  });

  test('could not be filled for the reason that is told, though its lock cannot be given back either', async () => {
    const fill = async (run: Run) => {
      await rm(run.file('xinc.lock'));
      await mkdir(run.file('xinc.lock'));
      throw new Error('no picture');
    };
    await expect(Run.create(folder, manifest, fill)).rejects.toThrow('no picture');
  });

  test('leaves what another has made meanwhile, having lost its lock', async () => {
    const path = join(folder, 'run');
    const owner = JSON.stringify({ pid: 4711, host: 'elsewhere' });
    const creating = Run.create(path, manifest, async (run) => {
      await writeFile(run.file('xinc.lock'), owner);
      await writeFile(run.file('weights.safetensors'), 'theirs');
      await run.write('signal/a.png', 'mine');
    });
    await expect(creating).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('taken it over'),
    });
    expect((await readdir(path)).sort()).toEqual(['run.json', 'weights.safetensors', 'xinc.lock']);
    expect(await readFile(join(path, 'xinc.lock'), 'utf8')).toBe(owner);
  });

  test('says what is wrong with a folder that is none', async () => {
    await expect(Run.open(join(folder, 'nowhere'))).rejects.toThrow('nowhere does not exist. Name the folder of a run');
    await expect(Run.open(folder)).rejects.toThrow('is not a run: it has no run.json');
    await writeFile(join(folder, 'run.json'), '{"schema": 1');
    await expect(Run.open(folder)).rejects.toThrow('is not the description of a run: it is not JSON');
    await writeFile(join(folder, 'run.json'), '{"schema": 1}');
    await expect(Run.open(folder)).rejects.toThrow('is not the description of a run: xinc: ');
  });

  test('refuses a newer schema', async () => {
    await writeFile(join(folder, 'run.json'), JSON.stringify({ ...manifest, schema: 3 }));
    await expect(Run.open(folder)).rejects.toThrow(
      'has schema 3, and this version of XINC knows 2. Use a newer version',
    );
  });

  test('has weights or says how far training is', async () => {
    const run = await Run.create(folder, manifest);
    await expect(run.weights(parameters)).rejects.toThrow(
      'has no weights yet: 4 of 10 steps are done. Run the command',
    );
    const weights = { a: ndarray([2], Float32Array.of(1, 2)), b: ndarray([1, 1], Float32Array.of(3)) };
    await run.writeWeights(weights);
    expect(await run.weights(parameters)).toEqual(weights);
  });

  test('keeps the state of training exactly', async () => {
    const run = await Run.create(folder, manifest);
    expect(await run.trainingState(network)).toBeNull();
    const state = {
      fixed: { f: ndarray([1], Float32Array.of(0.1)) },
      trainer: {
        step: 7,
        parameters: { w: ndarray([2], Float32Array.of(1e-9, -3)) },
        memory: {
          firstMoment: { w: ndarray([2], Float32Array.of(4, 5)) },
          secondMoment: { w: ndarray([2], Float32Array.of(6, 7)) },
        },
      },
    };
    await run.writeTrainingState(state);
    expect(await run.trainingState(network)).toEqual(state);
    await run.removeTrainingState();
    expect(await run.trainingState(network)).toBeNull();
  });

  test("keeps what the optimiser remembers, and nothing that is another's", async () => {
    const run = await Run.create(folder, manifest);
    const square = (value: number) => ({ w: ndarray([2, 2], new Float32Array(4).fill(value)) });
    const names = ['firstMoment', 'turnedMoment', 'secondMoment', 'rowMean', 'rowBasis', 'columnMean', 'columnBasis'];
    const memory = Object.fromEntries(names.map((name, i) => [name, square(i)]));
    const state = { fixed: {}, trainer: { step: 7, parameters: square(9), memory } };
    await run.writeTrainingState(state);
    const of = (optimizer: Inr['training']['optimizer']) => ({
      parameters: [{ ...parameters[0], shape: [2, 2] }],
      training: { ...network.training, optimizer },
    });
    const soap = { name: 'soap', beta1: 0.9, beta2: 0.9, epsilon: 1e-8, refresh: 10, mostSide: 9 } as const;
    const { firstMoment, ...ofSoap } = memory;
    const { secondMoment } = memory;
    expect((await run.trainingState(of(soap)))!.trainer).toEqual({ ...state.trainer, memory: ofSoap });
    expect((await run.trainingState(of(network.training.optimizer)))!.trainer.memory).toEqual({
      firstMoment,
      secondMoment,
    });
  });

  test('reads a training log whose last line was cut short', async () => {
    const run = await Run.create(folder, manifest);
    const entry = { step: 1, loss: 0.5, psnr: 3, seconds: 0.1 };
    await run.appendTrainingLog([entry]);
    await writeFile(join(folder, 'training.jsonl'), `${await readFile(join(folder, 'training.jsonl'))}{"step": 2, "lo`);
    expect(await run.trainingLog()).toEqual([entry]);
  });

  test.each(['null', '{"step": "1"}', '[]', '7'])(
    'refuses a training log with the line %s, naming it',
    async (line) => {
      const run = await Run.create(folder, manifest);
      await writeFile(join(folder, 'training.jsonl'), `{"step": 1, "loss": 0.5, "psnr": 3, "seconds": 1}\n${line}\n`);
      await expect(run.trainingLog()).rejects.toThrow(
        `${join(folder, 'training.jsonl')} is damaged: line 2 does not say how a step of training went. Remove the line.`,
      );
    },
  );

  test('is refused where it says a PSNR of frames that it does not have', async () => {
    const metrics = { psnr: 30, framePsnr: [30, 31] };
    await writeFile(join(folder, 'run.json'), JSON.stringify({ ...manifest, metrics }));
    await expect(Run.open(folder)).rejects.toThrow('metrics.framePsnr: of 1 frames it has 2 values');
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

  test('is written no more once its lock is lost', async () => {
    const run = await Run.create(folder, manifest);
    const lock = join(folder, 'xinc.lock');
    await run.exclusively(async () => {
      await run.write('a', 'mine');
      await writeFile(lock, JSON.stringify({ pid: 4711, host: 'elsewhere' }));
      for (const write of [() => run.write('a', ''), () => run.remove('a'), () => run.appendTrainingLog([])]) {
        await expect(write()).rejects.toThrow('another process (4711 on elsewhere) has taken it over');
      }
    });
    expect(await readdir(folder)).toEqual(['a', 'run.json', 'xinc.lock']);
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe('mine');
  });

  describe('has folders', () => {
    const folders = async (run: Run) => (await readdir(run.file('analysis'), { recursive: true })).sort();

    test('that are there as a whole or as they were, and hidden until then', async () => {
      const run = await Run.create(folder, manifest);
      await run.write('analysis/canvas/old.csv', 'old');
      const failing = run.writeFolder('analysis/canvas', async (write) => {
        await write('figures/a.svg', 'new');
        const [fresh] = await readdir(run.file('analysis'));
        expect(fresh).toMatch(/^\.canvas\.[0-9a-f]{14}\.tmp$/);
        throw new Error('no figure');
      });
      await expect(failing).rejects.toThrow('no figure');
      expect(await folders(run)).toEqual(['canvas', join('canvas', 'old.csv')]);
      await run.writeFolder('analysis/canvas', (write) => write('figures/a.svg', 'new'));
      const file = join('canvas', 'figures', 'a.svg');
      expect(await folders(run)).toEqual(['canvas', join('canvas', 'figures'), file]);
    });

    test('that are not replaced once its lock is lost', async () => {
      const run = await Run.create(folder, manifest);
      await run.write('analysis/canvas/a.csv', 'theirs');
      await run.exclusively(async () => {
        const writing = run.writeFolder('analysis/canvas', async (write) => {
          await write('a.csv', 'mine');
          await writeFile(run.file('xinc.lock'), JSON.stringify({ pid: 4711, host: 'elsewhere' }));
          await expect(write('b.csv', 'mine')).rejects.toMatchObject({ code: 'conflict' });
        });
        await expect(writing).rejects.toMatchObject({ code: 'conflict' });
      });
      expect(await folders(run)).toEqual(['canvas', join('canvas', 'a.csv')]);
      expect(await readFile(run.file('analysis', 'canvas', 'a.csv'), 'utf8')).toBe('theirs');
    });

    test('that cannot take the name of a file', async () => {
      const run = await Run.create(folder, manifest);
      await writeFile(run.file('analysis'), '');
      const writing = run.writeFolder('analysis/canvas', (write) => write('a.csv', ''));
      await expect(writing).rejects.toThrow(`${run.file('analysis')} is a file, where a folder is expected`);
    });
  });

  test('keeps what another process wrote in its manifest meanwhile', async () => {
    const run = await Run.create(folder, manifest);
    await (await Run.open(folder)).update({ metrics: { psnr: 30, framePsnr: [30] } });
    await run.exclusively(() => run.update({ seed: 1 }));
    expect((await Run.open(folder)).manifest).toMatchObject({ seed: 1, metrics: { psnr: 30 } });
  });

  test('says why a file cannot be written, and leaves nothing half-written', async () => {
    const run = await Run.create(folder, manifest);
    await mkdir(join(folder, 'weights.safetensors'));
    await expect(run.writeWeights({ w: ndarray([1]) })).rejects.toMatchObject({ code: 'io' });
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
