import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { workFolder } from './xinc.js';

const work = workFolder();

test('the script in the README runs as it stands', async () => {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
  const script = /```js\n(.*?)```/s.exec(readme)![1];
  expect(script.trim().split('\n').length).toBeLessThan(20);
  // Inside this package, so that it finds the others.
  const folder = fileURLToPath(new URL('../test-results/readme', import.meta.url));
  // A run of before would be gone on with.
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'script.mjs'), script);
  await copyFile(work.picture, join(folder, 'photo.jpg'));
  const { stdout } = await promisify(execFile)(process.execPath, ['script.mjs'], { cwd: folder });
  const [neuron, report] = stdout.trim().split('\n');
  expect(neuron).toMatch(/^neuron 17 contributes up to \d/);
  expect(report).toBe(join('photo-ffn', 'report.html'));
  const analyses = await readdir(join(folder, 'photo-ffn', 'analysis'));
  expect(analyses.sort()).toEqual(['canvas', 'completeness', 'omissions.json']);
  expect(await readFile(join(folder, report), 'utf8')).toContain('<section id="canvas"');
});
