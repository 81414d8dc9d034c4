import { join } from 'node:path';
import { explain, inDemo, picture } from './examples.mjs';
import { setUp } from './toolchain.mjs';

/*
 * From a fresh clone to an explained photograph: T. H. O'Sullivan, Black Cañon, Colorado River (1871), public domain,
 * with the labels in examples/black-canyon.
 */
setUp();
console.log(
  '\nTraining a network on a photograph and tracing its neurons: two to seven minutes on two processors, by how fast they are.\n',
);
const photograph = picture('black-canyon', 'black-canyon.jpg');
const labels = join('examples', 'black-canyon', 'labels.png');
explain(photograph, inDemo('black-canyon'), '--labels', labels, '--size', '180x246');
console.log('Go on:      npm run xinc -- explain your-photo.jpg');
