import { anyFailed, keptCounts, summary } from './test-counts.mjs';

/* What all runs of tests came to since the last `npm test`. */
const counts = keptCounts();
console.log(summary(counts));
process.exitCode = counts.length === 0 || anyFailed(counts) ? 1 : 0;
