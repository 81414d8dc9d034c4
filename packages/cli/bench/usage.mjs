import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/* Loaded before everything else in each process of a command that is measured (take.mjs): says that it began, and what it took when it ends. */
if (isMainThread) {
  const tell = (line) => appendFileSync(process.env.XINC_BENCH_USAGE, `${JSON.stringify(line)}\n`);
  tell({ began: process.pid });
  process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    const processorSeconds = (userCPUTime + systemCPUTime) / 1e6;
    tell({ ended: process.pid, parent: process.ppid, processorSeconds, megabytes: maxRSS / 1024 });
  });
}
