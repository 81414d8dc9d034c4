import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Run } from '../dist/index.js';

/*
 * A process that writes to a run exclusively whenever it is told to, or makes it if it is given a manifest, and answers whether
 * it could: `held`, `refused`, or `overlapped` where another was at work at the same time.
 */
process.on('message', async ({ path, manifest }) => {
  const inside = join(path, '..', 'inside');
  const write = async () => {
    const alone = await open(inside, 'wx').catch(() => null);
    await alone?.close();
    await pause(2);
    if (alone) await rm(inside);
    if (!alone) throw new Error('overlapped');
  };
  try {
    if (manifest) await Run.create(path, manifest, write);
    else await (await Run.open(path)).exclusively(write);
    process.send('held');
  } catch (error) {
    process.send(error.code === 'conflict' ? 'refused' : error.message);
  }
});
