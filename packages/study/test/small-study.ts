import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { manifestText } from '../src/manifest/write-manifest.js';
import { openStudy, type Study } from '../src/open-study.js';

/** A study of one picture, which is not there, and so many seeds; it is gone when the test has finished. */
export async function smallStudy(seeds: number): Promise<Study> {
  const path = await mkdtemp(join(tmpdir(), 'xinc-study-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  const manifest = {
    signals: [{ name: 'bear', path: 'bear.png' }],
    networks: [{ name: 'ffn', model: 'ffn' }],
    seeds: Array.from({ length: seeds }, (_, i) => i),
  };
  await writeFile(join(path, 'study.yaml'), manifestText(manifest));
  return openStudy(path);
}
