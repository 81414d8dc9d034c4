import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame, GroupingPlugin, LabelMap, Signal } from '@xinc/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { labelFrames } from '../src/analyze/groupings.js';
import type { RunManifest } from '../src/folder/manifest.js';
import { Run } from '../src/folder/run.js';

test('grouping pixels stops when it is cancelled, and says that and no fault', async () => {
  const plugin = {
    label: () => {
      throw new Error('must not be asked');
    },
  } as unknown as GroupingPlugin;
  const labels = labelFrames(
    {} as Run,
    {} as Signal,
    [{ name: 'own', title: 'own', plugin, options: {}, named: true, reused: true }],
    [0],
    { abort: AbortSignal.abort() },
  );
  await expect(labels).rejects.toMatchObject({ name: 'XincError', code: 'cancelled' });
});

describe('groups that are found in the pictures', () => {
  const [height, width] = [2, 3];
  const frameOf = (level: number): Frame => ({ height, width, rgb: new Float32Array(height * width * 3).fill(level) });
  const signal = {
    shape: { kind: 'video', frames: 3, height, width },
    frame: async (index: number) => frameOf(index / 4),
  } as unknown as Signal;
  const mapNamed = (name: string): LabelMap => ({
    height,
    width,
    labels: new Uint16Array(height * width),
    groups: [{ name }],
  });
  /** Names its group after the frames that it was made of. */
  const plugin = {
    kind: 'grouping',
    name: 'found',
    label: (_: Frame, _options: unknown, { frame }: { frame: number }) => mapNamed(`of ${frame} alone`),
    fit: async (frames: readonly (() => Promise<Frame>)[]) => {
      const levels = await Promise.all(frames.map(async (read) => 4 * (await read()).rgb[0]));
      return () => mapNamed(`of ${levels.join()}`);
    },
  } as unknown as GroupingPlugin;
  const found = { name: 'found', title: 'found:1', plugin, options: {}, named: true, reused: true };
  let run: Run;
  const namesOn = async (frames: readonly number[]) => {
    const { labels } = await labelFrames(run, signal, [found], frames);
    return frames.map((frame) => labels.get('found')!.get(frame)!.groups[0].name);
  };

  beforeEach(async () => {
    run = await Run.create(await mkdtemp(join(tmpdir(), 'xinc-groupings-')), {
      signal: { labelled: false, height, width },
    } as unknown as RunManifest);
  });
  afterEach(() => rm(run.path, { recursive: true }));

  test('are found on all frames analysed together, in whatever order those are given', async () => {
    expect(await namesOn([2, 0])).toEqual(['of 0,2', 'of 0,2']);
    expect(await namesOn([0, 2])).toEqual(['of 0,2', 'of 0,2']);
  });

  test('are those of the frame alone where one is analysed', async () => {
    expect(await namesOn([1])).toEqual(['of 1 alone']);
  });

  test('are found again where other frames are analysed, and none of before stays', async () => {
    await namesOn([0, 2]);
    expect(await namesOn([1, 2])).toEqual(['of 1,2', 'of 1,2']);
    expect((await readdir(run.file('signal', 'labels', 'found'))).sort()).toEqual([
      'frame-0001.json',
      'frame-0001.png',
      'frame-0002.json',
      'frame-0002.png',
      'grouping.json',
    ]);
    expect(await namesOn([2])).toEqual(['of 2 alone']);
    await run.write('signal/labels/found/grouping.json', 'damaged');
    expect(await namesOn([1, 2])).toEqual(['of 1,2', 'of 1,2']);
  });
});
