import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { workFolder, xinc } from './xinc.js';

const work = workFolder();

/** Files of packages in CommonJS that a command has loaded when it ends. */
async function loadedBy(...args: string[]): Promise<string[]> {
  const [script, list] = [work.file('tell.mjs'), work.file('loaded.json')];
  await writeFile(
    script,
    `import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
const { cache } = createRequire(import.meta.url);
if (isMainThread) process.on('exit', () => writeFileSync(${JSON.stringify(list)}, JSON.stringify(Object.keys(cache))));
`,
  );
  const { status, stderr } = await xinc(args, { env: { NODE_OPTIONS: `--import=${pathToFileURL(script)}` } });
  expect(status, stderr).toBe(0);
  return JSON.parse(await readFile(list, 'utf8'));
}

const has = (files: readonly string[], name: string) =>
  files.some((file) => file.replaceAll('\\', '/').includes(`/node_modules/${name}/`));

test('plugins are listed without the libraries that pictures, networks and embeddings need', async () => {
  const files = await loadedBy('plugins');
  expect(has(files, 'commander')).toBe(true);
  const heavy = [
    'sharp',
    'onnxruntime-node',
    'onnxruntime-common',
    'onnx-proto',
    'protobufjs',
    'umap-js',
    '@techstark/opencv-js',
    'piscina',
  ];
  expect(heavy.filter((name) => has(files, name))).toEqual([]);
});

test('the state of a study is told without the libraries that embed neurons', async () => {
  const study = work.file('study');
  const made = await xinc(['study', 'new', study, '--signals', work.picture, '--models', 'ffn', '--seeds', '0']);
  expect(made.status, made.stderr).toBe(0);
  const files = await loadedBy('study', 'status', study);
  expect(has(files, 'yaml')).toBe(true);
  expect(['umap-js', 'piscina'].filter((name) => has(files, name))).toEqual([]);
});
