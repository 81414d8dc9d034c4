import { anyFailed, keptCounts, printTest, summary } from './test-counts.mjs';

/* What all runs of tests came to since the last `npm test`; before it, what failed or passed at the second try, since output is often kept by its end alone. */
const counts = keptCounts();
for (const { name, run, retried = [], failures } of counts) {
  const of = `${run}, ${name}`;
  for (const test of retried) printTest({ ...test, name: `${of}, passed at the second try` });
  for (const test of failures) printTest({ ...test, name: of });
}
console.log(summary(counts));
process.exitCode = counts.length === 0 || anyFailed(counts) ? 1 : 0;
