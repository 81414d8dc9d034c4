import { readCounts, summary } from './test-counts.mjs';

const counts = readCounts();
console.log(summary(counts));
process.exitCode = counts.some(({ failures }) => failures.length > 0) ? 1 : 0;
