import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { workFolder, xinc } from './xinc.js';

const folder = workFolder();
const TRAINING = ['--model', 'ffn', '--set', 'width=16', '--set', 'optimizer=soap', '--steps', '80'];
const manifestOf = async (run: string) => JSON.parse(await readFile(join(run, 'run.json'), 'utf8'));

test.each(['ort', 'tfjs'])('training by %s ends at the PSNR asked for, and says so in the run', async (engine) => {
  const run = folder.file(`reached-${engine}`);
  const command = ['train', folder.picture, ...TRAINING, '--until-psnr', '14', '--engine', engine, '--out', run];
  const done = await xinc([...command, '--json']);
  expect(done).toMatchObject({ status: 0 });
  const { steps, psnr, trained } = JSON.parse(done.stdout);
  expect(steps).toBeLessThan(80);
  expect(psnr).toBeGreaterThanOrEqual(14);
  expect(trained).toBe(
    `by SOAP for ${steps} steps, not by the published Adam schedule, until it had 14.00 dB, after ${steps} of 80 planned steps`,
  );
  const { training } = await manifestOf(run);
  expect(training).toMatchObject({ steps: 80, step: steps, untilPsnr: 14 });
  const log = (await readFile(join(run, 'training.jsonl'), 'utf8')).trim().split('\n');
  expect(JSON.parse(log.at(-1)!).step).toBe(steps);
  // Another PSNR would be another run.
  if (engine !== 'ort') return;
  expect(await xinc([...command, '--until-psnr', '15'])).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('holds another run: the PSNR that ends training is 14 there, 15 here'),
  });
});

test('a PSNR that is not reached is said', async () => {
  const run = folder.file('missed');
  const command = ['train', folder.picture, ...TRAINING, '--steps', '4', '--out', run];
  const missed = await xinc([...command, '--until-psnr', '60']);
  expect(missed).toMatchObject({ status: 0 });
  expect(missed.stderr).toContain(
    'Training: until the whole signal has 60.00 dB, in at most 4 steps, whose schedule the learning rate follows',
  );
  expect(missed.stderr).toMatch(/Trained 4 steps in .*: PSNR \S+ dB; for all 4 steps, which did not reach 60\.00 dB/);
  expect(await manifestOf(run)).toMatchObject({ training: { steps: 4, step: 4, untilPsnr: 60 } });
});
