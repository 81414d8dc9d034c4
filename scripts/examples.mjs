import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { node, root } from './toolchain.mjs';

/** Where examples put what they make, relative to the repository. */
const FOLDER = 'demo';
const cli = join('packages', 'cli');

/** Copies a picture that an npm package carries to demo/<name>, and gives its path. */
export function picture(dataset, name) {
  const manifest = createRequire(join(root, 'package.json')).resolve(`@stdlib/datasets-img-${dataset}/package.json`);
  const path = join(FOLDER, name);
  mkdirSync(join(root, FOLDER), { recursive: true });
  copyFileSync(join(dirname(manifest), 'data', 'image.jpg'), join(root, path));
  return path;
}

export function inDemo(name) {
  return join(FOLDER, name);
}

export function isThere(path) {
  return existsSync(join(root, path));
}

export function xinc(...args) {
  node(join(cli, 'bin', 'xinc.js'), ...args);
}

/** Explains an input and says where the report is. */
export function explain(input, run, ...options) {
  const report = join(run, 'report.html');
  if (isThere(report)) console.log('\nThis was run before: its training is kept, the analyses are made again.\n');
  xinc('explain', input, '--out', run, ...options);
  console.log(`\nThe report: ${report}`);
  console.log(`View it:    open ${pathToFileURL(join(root, report))} in a browser`);
  console.log(`Look round: npm run xinc -- view ${run}`);
}
