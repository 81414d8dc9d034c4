import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { discoverPlugins } from '@xinc/core/node';
import { inputNotes, planRun, prepareRun, Run } from '@xinc/runs';
import { encodePng, openSignal } from '@xinc/signals';
import { expect, test } from 'vitest';
import type { CommandContext } from '../src/context.js';
import { withOptions } from '../src/terminal/options.js';
import { createSilentDisplay } from '../src/terminal/progress.js';
import { openInput } from '../src/workflow/open-input.js';
import { workOf } from '../src/workflow/work.js';
import { workFolder } from './xinc.js';

const work = workFolder();
const context: CommandContext = {
  options: {},
  display: createSilentDisplay(),
  abort: new AbortController().signal,
  result: () => {},
};

test('the command line goes on with a run of some frames that a program made, and a program with one of the command line', async () => {
  const clip = work.file('clip');
  await mkdir(clip);
  const grey = await encodePng({ height: 8, width: 8, rgb: new Float32Array(192).fill(0.5) });
  for (const name of ['0.png', '1.png', '2.png']) await writeFile(join(clip, name), grey);
  const plugins = await discoverPlugins({ from: [import.meta.dirname] });
  const ofProgram = async (out: string) =>
    planRun(plugins, {
      signal: await openSignal(clip, { frames: { start: 0, stop: 2 } }),
      model: 'siren',
      steps: 1,
      out,
    });
  const ofCommand = async (out: string) => {
    const { signal, labels } = await openInput(clip, { frames: '0:2' }, context);
    return planRun(plugins, { signal, labels, model: 'siren', steps: 1, out });
  };

  const made = await prepareRun(await ofProgram(work.file('program')), 'engine');
  expect(await inputNotes(made)).toEqual(['2 frames taken by `frames: 0:2`']);
  const goneOn = await prepareRun(await ofCommand(made.path), 'engine', workOf(context));
  expect(goneOn.manifest).toEqual(made.manifest);

  const commanded = await prepareRun(await ofCommand(work.file('command')), 'engine', workOf(context));
  await prepareRun(await ofProgram(commanded.path), 'engine');

  // As the command line of earlier versions stored them.
  const source = {
    ...commanded.manifest.signal.source,
    notes: (await inputNotes(commanded)).map((note) => withOptions(note)),
  };
  expect(source.notes).toEqual(['2 frames taken by --frames 0:2']);
  await commanded.update({ signal: { ...commanded.manifest.signal, source } });
  await prepareRun(await ofCommand(commanded.path), 'engine', workOf(context));
  expect((await Run.open(commanded.path)).manifest.signal.source.notes).toEqual(source.notes);
});
