import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import { RUN_FILES } from '@xinc/runs';
import type { RunEvent } from '@xinc/viewer-page';
import { type ServedRun, STILL } from './served-run.js';

/** Milliseconds: changes come in flocks; and not every file system tells of them. */
const [DEBOUNCE, POLL] = [60, 1000];

/**
 * Tells what changes in a run. The system's notices only say when to look; what has changed is found by comparing files, so a
 * notice that is lost or doubled does no harm.
 * @returns what ends it
 */
export function watchRun(served: ServedRun, onChange: (changed: RunEvent['changed']) => void): () => void {
  let known: Awaited<ReturnType<ServedRun['stamps']>> | undefined;
  let soon: NodeJS.Timeout | undefined;
  let stopped = false;
  let still: number | undefined;

  let looking: Promise<void> = Promise.resolve();
  const look = () => {
    looking = looking.then(async () => {
      const now = await served.stamps();
      if (stopped) return;
      const before = known;
      known = now;
      if (!before) return;
      const kinds = Object.keys(now) as RunEvent['changed'][];
      const changed = kinds.filter((kind) => now[kind] !== before[kind]);
      if (changed.includes('training') || changed.includes('weights')) still = Date.now() + STILL;
      for (const kind of changed) onChange(kind);
      // That training has been stopped shows in nothing but that nothing happens.
      if (still !== undefined && Date.now() > still) {
        still = undefined;
        onChange('training');
      }
    });
  };
  const notice = () => {
    soon ??= setTimeout(() => {
      soon = undefined;
      look();
    }, DEBOUNCE);
  };
  const watchers = ['', RUN_FILES.analyses].flatMap((folder) => watchFolder(join(served.folder.path, folder), notice));
  const poll = setInterval(look, POLL);
  poll.unref();
  look();
  return () => {
    stopped = true;
    clearInterval(poll);
    clearTimeout(soon);
    for (const watcher of watchers) watcher.close();
  };
}

/** None where the folder does not exist or the system has no more watches to give: looking now and then finds all the same. */
function watchFolder(path: string, notice: () => void): FSWatcher[] {
  try {
    const watcher = watch(path, { persistent: false }, notice);
    watcher.on('error', () => watcher.close());
    return [watcher];
  } catch {
    return [];
  }
}
