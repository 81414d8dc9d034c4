import { explain, inDemo, isThere, picture, xinc } from './examples.mjs';
import { setUp } from './toolchain.mjs';

/*
 * The second example, a video: E. Muybridge's walking cat (1887, public domain), 24 views on one plate, cut into frames
 * and represented by a NeRV.
 */
setUp();
const frames = inDemo('cat-frames');
if (!isThere(frames))
  xinc('split', picture('locomotion-house-cat', 'cat-plate.jpg'), '--views', '4x6', '--out', frames);
console.log(
  '\nTraining a NeRV on 24 frames and tracing its 52,432 kernels: two to seven minutes on two processors, by how fast they are.\n',
);
explain(frames, inDemo('cat'), '--model', 'nerv', '--size', '96x160', '--set', 'epochs=150');
