import { rename, rm, utimes, writeFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { type Arrays, ndarray } from '@xinc/core';
import { decodeNpy } from '@xinc/core/formats';
import { createNetwork, initializeParameters } from '@xinc/core/trace';
import ffn from '@xinc/model-ffn';
import type { RunView, Session } from '@xinc/viewer-page';
import { beforeAll, describe, expect, test } from 'vitest';
import { startViewer } from '../../src/start-viewer.js';
import { ask } from './ask.js';
import { readEvents } from './event-reader.js';
import { type MadeRun, makeRun, workbench } from './made-runs.js';

/* Runs that change while they are open. */

const bench = workbench();
let address: string;
beforeAll(async () => {
  address = (await bench.start()).address;
});

const viewOf = async (id: string, from = address) => (await ask(from, `/api/runs/${id}`)).json<RunView>();
const problemsOf = async (from = address) =>
  Object.fromEntries((await ask(from, '/api/session')).json<Session>().runs.map(({ id, problem }) => [id, problem]));

/** The picture that a network with these weights draws. */
async function pictureOf({ inr }: MadeRun, weights: Arrays): Promise<Float32Array> {
  const network = createNetwork(inr, weights, bench.engine);
  const { rgb } = await network.reconstruct(0);
  await network.dispose();
  return rgb;
}

async function reconstruction(id: string, query = '', from = address) {
  const reply = await ask(from, `/api/runs/${id}/frames/0/reconstruction.npy${query}`);
  return reply.status === 200 ? decodeNpy(reply.body, id).data : reply.status;
}

/** A copy of the image's run that a test may spoil, and a viewer of it and of the video. */
async function spoilable(name: string) {
  const made = await makeRun(join(bench.folder, name), ffn, { width: 8, fourierFeatures: 4 }, bench.engine);
  const viewer = await bench.start({ runs: [made.source, bench.video.source] });
  return { made, address: viewer.address };
}

describe('a run that is trained', () => {
  test('has no weights, then those of the newest checkpoint, then the finished ones', async () => {
    const { made, address } = await spoilable('training');
    const { run, inr } = made;
    await run.remove('weights.safetensors');
    const before = await viewOf('training', address);
    expect(before).toMatchObject({ ready: false, weightsVersion: 0, training: { live: true } });
    expect(await reconstruction('training', '', address)).toBe(404);
    expect((await ask(address, '/api/runs/training/weights.safetensors')).status).toBe(404);
    expect((await ask(address, '/api/runs/training/frames/0/signal.npy')).status).toBe(200);

    const start = initializeParameters(inr.parameters, 77);
    const [fixed, parameters] = [false, true].map((wanted) =>
      Object.fromEntries(
        inr.parameters.filter(({ trainable }) => trainable === wanted).map(({ name }) => [name, start[name]]),
      ),
    );
    await run.writeTrainingState({
      fixed,
      trainer: { step: 2, parameters, memory: { firstMoment: parameters, secondMoment: parameters } },
    });
    const during = await viewOf('training', address);
    expect(during).toMatchObject({ ready: true, training: { live: true } });
    expect(await reconstruction('training', `?v=${during.weightsVersion}`, address)).toEqual(
      await pictureOf(made, start),
    );

    const final = initializeParameters(inr.parameters, 78);
    await run.writeWeights(final);
    await run.removeTrainingState();
    const after = await viewOf('training', address);
    expect(after.weightsVersion).toBeGreaterThan(during.weightsVersion);
    expect(after.training!.live).toBe(false);
    expect(await reconstruction('training', `?v=${after.weightsVersion}`, address)).toEqual(
      await pictureOf(made, final),
    );
    expect(await reconstruction('training', `?v=${during.weightsVersion}`, address)).toEqual(
      await pictureOf(made, start),
    );
  });

  test('that has written nothing for long is not being trained any more', async () => {
    const { made, address } = await spoilable('stopped');
    await made.run.remove('weights.safetensors');
    expect((await viewOf('stopped', address)).training!.live).toBe(true);
    const longAgo = new Date(Date.now() - 60_000);
    for (const name of ['run.json', 'training.jsonl']) await utimes(made.run.file(name), longAgo, longAgo);
    expect((await viewOf('stopped', address)).training!.live).toBe(false);
  });

  test('keeps the last versions of its weights, and refuses older ones', async () => {
    const { made, address } = await spoilable('versions');
    const versions: number[] = [];
    const pictures: Float32Array[] = [];
    for (const seed of [1, 2, 3, 4]) {
      const weights = initializeParameters(made.inr.parameters, seed);
      await made.run.writeWeights(weights);
      versions.push((await viewOf('versions', address)).weightsVersion);
      pictures.push(await pictureOf(made, weights));
    }
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    expect(await reconstruction('versions', '', address)).toEqual(pictures[3]);
    expect(await reconstruction('versions', `?v=${versions[1]}`, address)).toEqual(pictures[1]);
    expect(await reconstruction('versions', `?v=${versions[0]}`, address)).toBe(409);
    const source = await ask(address, `/api/runs/versions/frames/0/layers/layer1/source?v=${versions[0]}`);
    expect(source.json()).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('ask for the run again'),
    });
    expect(await reconstruction('versions', '?v=x', address)).toBe(400);
  });
});

describe('events', () => {
  test('tell what has changed', async () => {
    const { made, address } = await spoilable('changing');
    const { run } = made;
    const stream = await readEvents(address);
    expect(stream.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    });
    // Said at once, since the run may have changed between the page's question and the stream.
    await stream.until({ run: 'changing', changed: 'manifest' });
    await stream.until({ run: 'video', changed: 'manifest' });
    const first = stream.events.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    const expectOnly = async (
      changed: 'training' | 'weights' | 'analyses' | 'manifest',
      change: () => Promise<void>,
    ) => {
      const from = stream.events.length;
      await change();
      await stream.until({ run: 'changing', changed }, from);
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(stream.events.slice(from)).toEqual([{ run: 'changing', changed }]);
    };
    expect(stream.events).toHaveLength(first);
    await expectOnly('training', () => run.appendTrainingLog([{ step: 4, loss: 1, psnr: 21, seconds: 1 }]));
    await expectOnly('weights', async () => run.writeWeights(initializeParameters(made.inr.parameters, 9)));
    await expectOnly('manifest', () => run.update({ seed: 6 }));
    await expectOnly('analyses', () => run.write('analysis/new/result.json', '{}'));
    await expectOnly('analyses', () => run.write('analysis/new/result.json', '{ }'));
    await expectOnly('analyses', () => run.write('signal/labels/halves/frame-0001.json', '{}'));
    expect((await viewOf('changing', address)).training!.curve.at(-1)).toEqual({ step: 4, psnr: 21, seconds: 1 });
    stream.close();
  });

  test('reach twenty pages, and the runs are left alone when these have gone', async () => {
    const viewer = await bench.start();
    const streams = await Promise.all(Array.from({ length: 20 }, () => readEvents(viewer.address)));
    expect(viewer.followers).toBe(20);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const from = streams.map(({ events }) => events.length);
    await bench.image.run.update({ seed: 11 });
    await Promise.all(streams.map((stream, i) => stream.until({ run: 'image', changed: 'manifest' }, from[i])));
    const pages = await Promise.all(streams.map(() => viewOf('image', viewer.address)));
    expect(pages.every(({ seed }) => seed === 11)).toBe(true);
    for (const stream of streams) stream.close();
    await expect.poll(() => viewer.followers).toBe(0);
  });
});

test('a run that a process writes to says so, and is told of when that begins and ends', async () => {
  const { made, address } = await spoilable('written');
  const stream = await readEvents(address);
  await stream.until({ run: 'written', changed: 'manifest' });
  expect((await viewOf('written', address)).atWork).toBe(false);
  // Looked at before it changes.
  await new Promise((resolve) => setTimeout(resolve, 200));
  let from = stream.events.length;
  await made.run.exclusively(async () => {
    await stream.until({ run: 'written', changed: 'analyses' }, from);
    expect((await viewOf('written', address)).atWork).toBe(true);
    from = stream.events.length;
  });
  await stream.until({ run: 'written', changed: 'analyses' }, from);
  expect((await viewOf('written', address)).atWork).toBe(false);
  stream.close();
});

describe('a run that breaks', () => {
  test('says what is wrong, and is shown again when it is well; others go on', async () => {
    const { made, address } = await spoilable('breaking');
    const { run } = made;
    const whole = await run.read('run.json', 2 ** 20);
    for (const [content, message] of [
      ['{"schema": 1', 'it is not JSON'],
      ['{"schema": 99}', 'has schema 99'],
      ['{}', 'is not the description of a run'],
    ]) {
      await writeFile(run.file('run.json'), content);
      expect(await problemsOf(address)).toEqual({ breaking: expect.stringContaining(message), video: undefined });
      const reply = await ask(address, '/api/runs/breaking');
      expect([reply.status, reply.json()]).toEqual([
        422,
        { code: expect.any(String), message: expect.stringContaining(message) },
      ]);
      expect((await viewOf('video', address)).ready).toBe(true);
    }
    await writeFile(run.file('run.json'), whole);
    expect(await problemsOf(address)).toEqual({});
    expect((await viewOf('breaking', address)).ready).toBe(true);
  });

  test('in its weights says so, until they are well', async () => {
    const { made, address } = await spoilable('weights');
    const { run, inr } = made;
    const weights = await run.weights(inr.parameters);
    const path = run.file('weights.safetensors');
    await writeFile(path, (await run.read('weights.safetensors', 2 ** 20)).subarray(0, 200));
    expect(await problemsOf(address)).toMatchObject({ weights: expect.stringContaining('weights.safetensors') });
    expect(await reconstruction('weights', '', address)).toBe(422);
    const { 'layer1.bias': _, ...partial } = weights;
    await run.writeWeights(partial);
    expect(await problemsOf(address)).toMatchObject({ weights: expect.stringContaining("'layer1.bias' is missing") });
    await run.writeWeights({ ...weights, 'layer1.bias': ndarray([3]) });
    expect(await problemsOf(address)).toMatchObject({ weights: expect.stringContaining("'layer1.bias' is 3, not 8") });
    await run.writeWeights(weights);
    expect(await problemsOf(address)).toEqual({});
    expect(await reconstruction('weights', '', address)).toEqual(await pictureOf(made, weights));
    expect(inr.parameters.length).toBeGreaterThan(0);
  });

  test('or is gone says so, and is shown again when it is back', async () => {
    const { made, address } = await spoilable('gone');
    const stream = await readEvents(address);
    await stream.until({ run: 'gone', changed: 'manifest' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const from = stream.events.length;
    await rename(made.folder, `${made.folder}-elsewhere`);
    await stream.until({ run: 'gone', changed: 'manifest' }, from);
    expect(await problemsOf(address)).toEqual({ gone: expect.stringContaining('does not exist'), video: undefined });
    expect((await ask(address, '/api/runs/gone')).status).toBe(404);
    expect((await ask(address, '/api/runs/gone/files/run.json')).status).toBe(404);
    await rename(`${made.folder}-elsewhere`, made.folder);
    expect((await viewOf('gone', address)).ready).toBe(true);
    await rm(made.folder, { recursive: true });
    expect(await problemsOf(address)).toMatchObject({ gone: expect.any(String) });
    stream.close();
  });
});

describe('stopping', () => {
  test('ends streams, kept connections and what is being computed, and frees the port', async () => {
    const { registry, engine, image, page } = bench;
    const viewer = await startViewer({ runs: [image.source], registry, engine: async () => engine, version: '', page });
    const streams = await Promise.all(Array.from({ length: 20 }, () => readEvents(viewer.address)));
    const agent = new Agent({ keepAlive: true });
    await new Promise<void>((resolve) => {
      get(viewer.address, { agent }, (response) => response.resume().on('end', resolve));
    });
    const computing = ask(viewer.address, '/api/runs/image/frames/0/layers/layer1/source').catch(() => 'broken off');
    await new Promise((resolve) => setTimeout(resolve, 20));
    const start = performance.now();
    await viewer.close();
    expect(performance.now() - start).toBeLessThan(2000);
    await Promise.all(streams.map(({ ended }) => ended));
    await computing;
    agent.destroy();
    await expect(ask(viewer.address, '/')).rejects.toThrow('ECONNREFUSED');
    const again = await startViewer({
      runs: [image.source],
      registry,
      engine: async () => engine,
      version: '',
      page,
      port: Number(new URL(viewer.address).port),
    });
    await again.close();
  });
});
