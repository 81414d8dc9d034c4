import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { workFolder } from './xinc.js';

const work = workFolder();

test('the script in the README runs as it stands', async () => {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
  const script = /```js\n(.*?)```/s.exec(readme)![1];
  expect(script.trim().split('\n').length).toBeLessThanOrEqual(14);
  // Inside this package, so that it finds the others.
  const folder = fileURLToPath(new URL('../test-results/readme', import.meta.url));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'script.mjs'), script);
  await copyFile(work.picture, join(folder, 'photo.jpg'));
  const { stdout } = await promisify(execFile)(process.execPath, ['script.mjs'], { cwd: folder });
  expect(stdout).toMatch(/^neuron 17 contributes up to \d/);
});
