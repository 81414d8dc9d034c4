import { readCounts, total } from './test-counts.mjs';

const counts = readCounts();
console.log(`${total(counts, 'passed')} passed, ${total(counts, 'failed')} failed`);
process.exitCode = total(counts, 'failed') > 0 ? 1 : 0;
