import { writeFileSync } from 'node:fs';

/* Loaded before a command that is measured: says what it took when it ends. */
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const taken = { megabytes: maxRSS / 1024, processorSeconds: (userCPUTime + systemCPUTime) / 1e6 };
  writeFileSync(process.env.XINC_BENCH_USAGE, JSON.stringify(taken));
});
