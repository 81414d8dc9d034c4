import { Worker } from 'node:worker_threads';
/** Times the layers in as many threads as given, each taking an equal share of the neurons of every layer. Seconds. */
export async function timeLayers(set, request, threads, rounds) {
  const workers = Array.from(
    { length: threads },
    (_, share) =>
      new Worker(new URL('./worker.mjs', import.meta.url), { workerData: { set, request, share, threads } }),
  );
  const ask = (message) =>
    Promise.all(
      workers.map(
        (worker) =>
          new Promise((resolve, reject) => {
            const settle = (finish) => (value) => {
              worker.off('message', answered).off('error', failed);
              finish(value);
            };
            const [answered, failed] = [settle(resolve), settle(reject)];
            worker.on('message', answered).on('error', failed);
            worker.postMessage(message);
          }),
      ),
    );
  const [names] = await ask('names');
  const best = new Map();
  for (const name of names) {
    const times = [];
    for (let round = 0; round < rounds; round++) {
      const start = performance.now();
      await ask(name);
      times.push((performance.now() - start) / 1000);
    }
    best.set(name, times.sort((a, b) => a - b)[times.length >> 1]);
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  return best;
}
