import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame, GroupingPlugin, LabelMap, Signal } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { framesTogether } from '../src/analyze/frames-together.js';
import { labelFrames } from '../src/analyze/label-frames.js';
import type { RunManifest } from '../src/folder/manifest.js';
import { Run } from '../src/folder/run.js';
import { groupsAreByFrame } from '../src/open/groups-by-frame.js';
import { storedOmissions, storeOmissions } from '../src/stored/omissions.js';
import { storeAnalysis } from '../src/stored/store-analysis.js';
import { storeLabels } from '../src/stored/stored-signal.js';

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

  test('are found on frames of the whole video, whichever are analysed', async () => {
    for (const frames of [[1], [2, 0], [0, 1, 2]]) {
      expect(await namesOn(frames)).toEqual(frames.map(() => 'of 0,1,2'));
      await run.remove('signal/labels');
    }
  });

  test('are found once, and stay where frames are analysed one by one', async () => {
    const fits = vi.spyOn(plugin, 'fit');
    for (const frame of [2, 0, 2]) await namesOn([frame]);
    expect(fits).toHaveBeenCalledTimes(2);
    expect((await readdir(run.file('signal', 'labels', 'found'))).sort()).toEqual([
      'frame-0000.json',
      'frame-0000.png',
      'frame-0002.json',
      'frame-0002.png',
      'grouping.json',
    ]);
    const note = JSON.parse(await readFile(run.file('signal', 'labels', 'found', 'grouping.json'), 'utf8'));
    expect(note).toEqual({ title: 'found:1', foundOn: [0, 1, 2] });
  });

  test('are those of the picture where there is one', async () => {
    const { labels } = await labelFrames(run, { ...signal, shape: { ...signal.shape, frames: 1 } }, [found], [0]);
    expect(labels.get('found')!.get(0)!.groups[0].name).toBe('of 0 alone');
  });

  test.each([
    ['frame by frame', { title: 'found:1' }],
    ['on the frames analysed', { title: 'found:1', frames: [0, 2] }],
    ['on other frames', { title: 'found:1', foundOn: [0, 2] }],
    ['nobody knows on what', 'damaged'],
  ])('that were found %s are found again, and results of theirs are shown no more', async (_, note) => {
    await storeLabels(run, 'found', 0, mapNamed('of before'));
    await storeLabels(run, 'found', 2, mapNamed('of before'));
    await run.write('signal/labels/found/grouping.json', JSON.stringify(note));
    // What does not say what it stands on was stored by an earlier version.
    for (const [name, grouping, groupings] of [
      ['embedded', 'a picture', ['found', 'other']],
      ['finders', 'found', ['other']],
      ['specialists', 'found', undefined],
      ['totals', 'other', undefined],
    ] as const) {
      const result = { findings: [], tables: [], arrays: [], figures: [], values: { grouping } };
      const about = { name, title: name, description: '', options: {}, frames: [0], seconds: 1 };
      await storeAnalysis(run, { ...about, ...(groupings && { groupings }), result });
    }

    const { outdated } = await labelFrames(run, signal, [found], [1]);
    expect((await readdir(run.file('signal', 'labels', 'found'))).sort()).toEqual([
      'frame-0001.json',
      'frame-0001.png',
      'grouping.json',
    ]);
    expect(outdated.map(({ analysis }) => analysis)).toEqual(['embedded', 'specialists']);
    expect(outdated[1].why).toBe(
      `its groups of 'found' were found on other frames. They are found on frames of the whole video now, so that each is one thing on all of them; make it again: \`analyzeRun(${JSON.stringify(run.path)}, "specialists")\``,
    );
    expect(await storedOmissions(run)).toEqual(outdated);
    // That is told once, and until the result is made again.
    expect((await labelFrames(run, signal, [found], [2])).outdated).toEqual([]);
    await storeOmissions(run, [], new Set(['totals']));
    expect(await storedOmissions(run)).toEqual(outdated);
    await storeOmissions(run, [], new Set(['embedded', 'specialists']));
    expect(await storedOmissions(run)).toEqual([]);
  });
});

describe('the frames of a video that groups are found on', () => {
  const on = (frames: number, height: number, width: number) =>
    framesTogether({ kind: 'video', frames, height, width });

  test('are all where they are few, and else spread from the first to the last', () => {
    expect(on(30, 128, 256)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(on(100, 128, 256)).toHaveLength(32);
    expect(on(1000, 720, 1280)).toEqual([0, 333, 666, 999]);
    expect(on(10_000, 16, 16)).toHaveLength(64);
    expect(on(2, 4000, 8000)).toEqual([0, 1]);
  });

  test('are none of a picture', () => {
    expect(framesTogether({ kind: 'image', frames: 1, height: 8, width: 8 })).toBeUndefined();
  });
});

describe('groups of a run that an earlier version analysed', () => {
  test.each([
    ['rgb-8', { title: 'rgb:8' }, 4, true],
    ['rgb-8', undefined, 4, true],
    ['rgb-8', { title: 'rgb:8' }, 1, false],
    ['rgb-8', { title: 'rgb:8', frames: [0, 3] }, 4, false],
    ['rgb-8', { title: 'rgb:8', foundOn: [0, 1, 2, 3] }, 4, false],
    ['grid-2-2-cells', { title: 'grid:2x2' }, 4, false],
    ['annotation', undefined, 4, false],
  ])('%s, noted as %o, of %i frames, are other things on each frame: %s', async (folder, note, frames, expected) => {
    const path = await mkdtemp(join(tmpdir(), 'xinc-groups-'));
    try {
      const run = await Run.create(path, { signal: { frames } } as unknown as RunManifest);
      if (note) await run.write(`signal/labels/${folder}/grouping.json`, JSON.stringify(note));
      const plugins = [{ name: 'rgb', fit: () => {} }, { name: 'grid' }].map((plugin) => ({ plugin }));
      const registry = { all: () => plugins } as unknown as Registry;
      expect(await groupsAreByFrame(run, registry, folder)).toBe(expected);
    } finally {
      await rm(path, { recursive: true });
    }
  });
});
