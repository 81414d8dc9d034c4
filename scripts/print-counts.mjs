import { anyFailed, keptCounts, printFailure, summary } from './test-counts.mjs';

/* What all runs of tests came to since the last `npm test`; before it, what failed, since output is often kept by its end alone. */
const counts = keptCounts();
for (const { name, run, failures } of counts)
  for (const failure of failures) printFailure({ ...failure, name: `${run}, ${name}` });
console.log(summary(counts));
process.exitCode = counts.length === 0 || anyFailed(counts) ? 1 : 0;
