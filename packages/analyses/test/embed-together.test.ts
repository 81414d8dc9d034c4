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
