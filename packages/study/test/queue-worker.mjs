/*
 * A process that works for a queue, one task at a time, until it is killed: node queue-worker.mjs STUDY URL TIMING PROGRAM HOW.
 * As the command does, it ends by itself, also after an error.
 */
import { openStudy, workQueue } from '../dist/index.js';

const [path, queue, timing, program, how] = process.argv.slice(2);
try {
  await workQueue(await openStudy(path), {
    queue,
    jobs: 1,
    command: ({ id, digest }) => [process.execPath, program, path, id, digest, how],
    timing: JSON.parse(timing),
  });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
