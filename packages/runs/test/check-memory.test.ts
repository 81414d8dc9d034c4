import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trainingBytes } from '@xinc/core/trace';
import ffn from '@xinc/model-ffn';
import nerv from '@xinc/model-nerv';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkMemory } from '../src/make/check-memory.js';

const photo = ffn.build(ffn.config.parse({ width: 512 }), { kind: 'image', frames: 1, height: 1080, width: 1920 });
const clip = nerv.build(nerv.config.parse({ parameters: 3e6, strides: [5, 4, 2, 2] }), {
  kind: 'video',
  frames: 300,
  height: 720,
  width: 1280,
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xinc-memory-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const planOf = (inr: typeof photo, batch: number) => ({
  out: join(folder, 'run'),
  inr,
  training: { batch, steps: 10, learningRate: 1e-3 },
});

test('what is counted of a large training is what it took when it was measured', () => {
  // The largest memory of a process that trains, its steps by oneDNN and by ONNX Runtime: what is said is between the two.
  const measured: [typeof photo, number, number, number][] = [
    [photo, 16_384, 456e6, 502e6],
    [photo, 65_536, 988e6, 1152e6],
    [photo, 131_072, 1703e6, 2075e6],
    [clip, 1, 1304e6, 1234e6],
    [clip, 2, 1870e6, 2038e6],
  ];
  for (const [inr, batch, ...both] of measured) {
    const bytes = (both[0] + both[1]) / 2;
    expect(trainingBytes(inr, batch) / bytes).toBeGreaterThan(0.85);
    expect(trainingBytes(inr, batch) / bytes).toBeLessThan(1.15);
  }
});

test('a batch is never more than the signal', () => {
  expect(trainingBytes(clip, 1000)).toBe(trainingBytes(clip, 300));
});

test('a training that takes more than there is is refused in one line, with the batch that fits', async () => {
  const of = (gigabytes: number) => ({ all: gigabytes * 2 ** 30, free: gigabytes * 2 ** 30 });
  await expect(checkMemory(planOf(photo, 2_073_600), {}, of(4))).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringMatching(
      /^Training takes about \d+\.\d GB of memory, and there are 4\.0 GB\. `set: batch=259200` sees 259,200 pixels at a step, and takes less; so does a smaller picture \(`size`\)\.$/,
    ),
  });
  await expect(checkMemory(planOf(clip, 2), {}, of(1.6))).rejects.toThrow('`set: batch=1` sees 1 frame at a step');
  await expect(checkMemory(planOf(clip, 1), {}, of(1))).rejects.toThrow('so does a smaller network (`set`).');
});

test('one that takes more than is free just now is told of, and begins', async () => {
  const lines: string[] = [];
  const progress = { begin() {}, update() {}, end() {}, line: (text: string) => lines.push(text) };
  await checkMemory(planOf(photo, 65_536), { progress }, { all: 4 * 2 ** 30, free: 2 ** 29 });
  await checkMemory(planOf(photo, 65_536), { progress }, { all: 4 * 2 ** 30, free: 2 ** 31 });
  expect(lines).toEqual([expect.stringMatching(/^ {2}Training takes about .* of memory, and 512\.0 MB are free$/)]);
});
