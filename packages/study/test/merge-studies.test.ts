import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { doneMark } from '../src/files.js';
import { mergeStudies } from '../src/merge-studies.js';
import { runPath, type Study } from '../src/open-study.js';
import { writeFailure } from '../src/tasks/failure.js';
import { studyStatus } from '../src/tasks/status.js';
import type { Task } from '../src/tasks/tasks.js';
import { smallStudy } from './small-study.js';

/** As if a task had been done. */
async function done(
  study: Study,
  task: Task,
  weights: string,
  { sha256 = 'a', width = 8, version = '1' } = {},
): Promise<void> {
  const run = runPath(study, task);
  await mkdir(join(run, 'analysis', 'canvas'), { recursive: true });
  const source = { path: 'bear.png', sha256, originalHeight: 2, originalWidth: 2, notes: [] };
  const manifest = {
    schema: 2,
    xinc: '0',
    created: new Date(0).toISOString(),
    signal: { kind: 'image', frames: 1, height: 2, width: 2, source, labelled: false },
    model: { name: 'ffn', package: '', version, config: { width }, parameters: 1 },
    seed: task.seed,
  };
  await writeFile(join(run, 'run.json'), JSON.stringify(manifest));
  await writeFile(join(run, 'weights.safetensors'), weights);
  await writeFile(join(run, 'analysis', 'canvas', 'result.json'), '{}');
  await writeFile(join(run, doneMark(task.digest)), '');
}

const weightsOf = (study: Study) =>
  Promise.all(
    study.tasks.map((task) => readFile(join(runPath(study, task), 'weights.safetensors'), 'utf8').catch(() => null)),
  );

test('runs done elsewhere are taken where they are missing, and what is there stays', async () => {
  const [study, one, two] = [await smallStudy(4), await smallStudy(5), await smallStudy(4)];
  const [a, b, c, d] = study.tasks;
  await done(study, a, 'own');
  await mkdir(runPath(study, b));
  await writeFile(join(runPath(study, b), 'training.jsonl'), 'begun');
  await writeFailure(study.folder, c, 'the disk is full');
  await done(one, a, 'one');
  await done(one, b, 'one');
  await done(one, one.tasks[4], 'one');
  await writeFile(join(runPath(one, b), 'xinc.lock'), '{}');
  await done(two, b, 'two');
  await done(two, c, 'two');
  expect(await mergeStudies(study, [one, two])).toEqual({
    taken: [b.id, c.id],
    there: [a.id],
    foreign: [one.tasks[4].id],
  });
  expect(await weightsOf(study)).toEqual(['own', 'one', 'two', null]);
  expect((await studyStatus(study)).map(({ state }) => state)).toEqual(['done', 'done', 'done', 'waiting']);
  expect((await readdir(runPath(study, b))).sort()).toEqual(
    ['analysis', 'run.json', doneMark(b.digest), 'weights.safetensors'].sort(),
  );
  expect((await readdir(join(study.path, 'runs'))).sort()).toEqual([a.id, b.id, c.id]);
  expect(await readdir(join(study.path, 'locks'))).toEqual([]);
  expect(d.id).toBe('bear-ffn-s3');
});

test('runs of other pictures are refused, and nothing is copied', async () => {
  const [study, part] = [await smallStudy(2), await smallStudy(2)];
  await done(study, study.tasks[0], 'own');
  await done(part, part.tasks[1], 'other', { sha256: 'b' });
  await expect(mergeStudies(study, [part])).rejects.toThrow(
    `'bear' is another signal in ${runPath(part, part.tasks[1])} than in ${runPath(study, study.tasks[0])}. Runs of one study are of the same pictures: leave that part out.`,
  );
  expect(await readdir(join(study.path, 'runs'))).toEqual(['bear-ffn-s0']);
});

test('runs of a network that has other settings are refused; other versions are told', async () => {
  const [study, part] = [await smallStudy(3), await smallStudy(3)];
  await done(study, study.tasks[0], 'own');
  await done(part, part.tasks[1], 'other', { width: 16 });
  const paths = [runPath(part, part.tasks[1]), runPath(study, study.tasks[0])];
  await expect(mergeStudies(study, [part])).rejects.toThrow(
    `'ffn' is another network in a part: model ffn: width is 16 in ${paths[0]}, 8 in ${paths[1]}. Leave that part out, or make its runs anew with the version of XINC and of the model's plugin that made the others.`,
  );
  expect(await readdir(join(study.path, 'runs'))).toEqual(['bear-ffn-s0']);

  const [later, told] = [await smallStudy(3), [] as string[]];
  for (const task of later.tasks.slice(1)) await done(later, task, 'other', { version: '2' });
  const progress = { begin() {}, update() {}, end() {}, line: (text: string) => void told.push(text) };
  expect((await mergeStudies(study, [later], { progress })).taken).toHaveLength(2);
  expect(told).toEqual(["runs of 'ffn' were not made alike: version of model ffn is 2 in one, 1 in another"]);
});

test.runIf(process.platform !== 'win32')(
  'a run with a link in it is refused, and what was copied of it goes',
  async () => {
    const [study, part] = [await smallStudy(1), await smallStudy(1)];
    await done(part, part.tasks[0], 'other');
    const link = join(runPath(part, part.tasks[0]), 'analysis', 'link');
    await symlink('/etc/hosts', link);
    await expect(mergeStudies(study, [part])).rejects.toThrow(`${link} is neither a file nor a folder`);
    expect(await readdir(join(study.path, 'runs'))).toEqual([]);
  },
);
