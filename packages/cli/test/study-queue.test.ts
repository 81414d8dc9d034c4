import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { freePort, startPostgres, whyNoPostgres } from '../../study/test/postgres.js';
import { workFolder, xinc } from './xinc.js';

const folder = workFolder();

let study: string;
beforeAll(async () => {
  study = folder.file('study');
  const small = ['--set', 'width=8', '--steps', '4', '--analyses', 'canvas', '--groupings', 'grid:2x2'];
  await xinc(['study', 'new', study, '--signals', folder.picture, '--models', 'ffn', '--seeds', '0:1', ...small]);
});

const why = await whyNoPostgres();
describe.skipIf(why !== undefined)(`on Postgres${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  test('a worker makes the runs of a study, and nothing that it prints has the password in it', async () => {
    const postgres = await startPostgres();
    try {
      const env = { XINC_QUEUE: postgres.url };
      expect(await xinc(['study', 'submit', study, '--queue'], { env })).toEqual({
        status: 0,
        stdout: `In the queue: 1 run\nWorkers make them: xinc study worker ${study}\n`,
        stderr: '',
      });
      const wrong = postgres.url.replace(':correct-horse', ':battery-staple');
      const [worker, refused] = await Promise.all([
        xinc(['study', 'worker', study, '--debug'], { env }),
        xinc(['study', 'worker', study, '--debug', '--queue', wrong]),
      ]);
      expect(worker).toMatchObject({
        status: 0,
        stdout: '1 of 1 runs are done, 0 running, 0 failed, 0 waiting\n',
        stderr: expect.stringMatching(/^in the queue: 1 run$[\s\S]*^picture-ffn-s0: done in /m),
      });
      expect(await readdir(join(study, 'runs', 'picture-ffn-s0'))).toContain('report.html');
      expect(refused).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/^xinc: postgres:\S+ cannot be reached: it refuses the user or the password$/m),
      });
      expect(JSON.stringify([worker, refused])).not.toMatch(/correct-horse|battery-staple/);
    } finally {
      await postgres.dispose();
    }
  });
});

test('a worker without a queue, and what is not for one, are refused in one line', async () => {
  const port = await freePort();
  const [away, nowhere, wrong, ...foreign] = await Promise.all([
    xinc(['study', 'worker', study, '--quiet', '--queue', `postgres://me:secret@127.0.0.1:${port}/xinc`]),
    xinc(['study', 'worker', study], { env: { XINC_QUEUE: '' } }),
    xinc(['study', 'worker', study, '--queue', 'me:secret@db']),
    // What would say nothing to workers, even where it is what there is by default.
    ...[
      ['--jobs', '2'],
      ['--engine', 'ort'],
      ['--device', 'cpu'],
    ].map((words) => xinc(['study', 'submit', study, '--queue', ...words])),
  ]);
  expect(away).toEqual({
    status: 1,
    stdout: '',
    stderr: `xinc: postgres://me@127.0.0.1:${port}/xinc cannot be reached: nothing listens there\n`,
  });
  expect(nowhere).toMatchObject({
    status: 2,
    stderr:
      'xinc: Where is the queue? --queue names its database, or XINC_QUEUE in the environment. Write postgres://USER@HOST:PORT/DATABASE.\n',
  });
  expect(wrong.status).toBe(2);
  expect(wrong.stderr).toContain('xinc: --queue: that is no address of a Postgres database. Write postgres://');
  expect(wrong.stderr).not.toContain('secret');
  expect(foreign).toEqual(
    ['--jobs', '--engine', '--device'].map((option) => ({
      status: 2,
      stdout: '',
      stderr: `xinc: ${option} is for --slurm: workers of a queue say how they make runs\n`,
    })),
  );
});
