import fc from 'fast-check';

/*
 * Property tests draw the same cases every time, so that a run says something of the change and nothing of luck: scripts/test-nodes.mjs
 * has others for each line of Node. XINC_PROPERTIES=random draws new ones, and a number those of that seed, which a failure names.
 */
const wanted = process.env.XINC_PROPERTIES ?? '1';
if (wanted !== 'random' && !/^-?\d+$/.test(wanted))
  throw new Error(`XINC_PROPERTIES is ${wanted}, not random or a whole number`);
if (wanted !== 'random') fc.configureGlobal({ seed: Number(wanted) });
