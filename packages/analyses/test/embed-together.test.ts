import { embedApart } from '@xinc/analyses/neurons';
import { expect, test } from 'vitest';
import { embedTogether } from '../src/embedding/embed-together.js';
import { embedInPlane } from '../src/embedding/umap.js';
import { startThreads, type UmapThreads } from '../src/embedding/umap-threads.js';
import { noise } from './memory-context.js';

/* Threads start from built files. */
const thread = new URL('../dist/umap-thread.js', import.meta.url);
const dimensions = 4;

test('threads that move points together place them, to the last bit, where one does alone', async () => {
  const vectors = { values: noise(150 * dimensions, 3), dimensions };
  const alone = await embedInPlane(vectors, { neighbors: 6, minDist: 0.1 });
  const threads = startThreads(2, undefined, thread);
  try {
    const graphs: string[] = [];
    const together = await embedTogether(
      { vectors, neighbors: 6 },
      0.1,
      threads,
      () => {},
      () => graphs.push('graph'),
    );
    expect(together).toEqual(alone);
    expect(graphs).toEqual(['graph']);
  } finally {
    await threads.end();
  }
});

test('threads that wait for one another end when the embedding is cancelled', async () => {
  const vectors = { values: noise(150 * dimensions, 3), dimensions };
  const controller = new AbortController();
  const threads = startThreads(2, controller.signal, thread);
  const begun: string[] = [];
  const cancelled: UmapThreads = {
    ...threads,
    run(name, task, onProgress) {
      begun.push(name);
      const done = threads.run(name, task, onProgress);
      // The first of the threads that move points waits for the second, which never comes.
      if (name === 'move') controller.abort();
      return done;
    },
  };
  await expect(
    embedTogether(
      { vectors, neighbors: 6 },
      0.1,
      cancelled,
      () => {},
      () => {},
    ),
  ).rejects.toThrow(/abort/i);
  await threads.end();
  expect(begun).toEqual(['search', 'search', 'start', 'move', 'move']);
});

test('small lists are embedded beside a large one, each to the bits of it alone', async () => {
  const task = (count: number, neighbors: number, seed: number) => ({
    vectors: { values: noise(count * dimensions, seed), dimensions },
    neighbors,
  });
  // The second has edges enough to be divided among all threads.
  const tasks = [task(60, 5, 1), task(3400, 150, 2), task(90, 6, 3), task(40, 4, 4)];
  const shares: number[] = [];
  const embedded = await embedApart(tasks, 0.1, (share) => shares.push(share));
  for (const [i, { vectors, neighbors }] of tasks.entries()) {
    expect(embedded[i]).toEqual(await embedInPlane(vectors, { neighbors, minDist: 0.1 }));
  }
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBeGreaterThan(0.9);
});
