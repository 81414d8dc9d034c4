import { Worker } from 'node:worker_threads';
import { median } from '../../../scripts/bench-lines.mjs';

/**
 * Layers opened in as many threads as given, each of which takes an equal share of the neurons of every layer.
 * @param set layers of worker.mjs
 * @param request of requests.mjs
 */
export async function openThreads(set, request, threads) {
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
  const [names] = await ask({ call: 'names' });
  return {
    names,
    /** Seconds, and seconds of processors, of tracing layers; where `anew`, of copying them in as well. */
    async time(layers, anew = false) {
      const [start, before] = [performance.now(), process.cpuUsage()];
      for (const name of layers) await ask({ call: 'trace', name, anew });
      const { user, system } = process.cpuUsage(before);
      return { seconds: (performance.now() - start) / 1000, processorSeconds: (user + system) / 1e6 };
    },
    close: () => Promise.all(workers.map((worker) => worker.terminate())),
  };
}

/** Times each layer: the median of some rounds, in seconds. */
export async function timeLayers(set, request, threads, rounds) {
  const opened = await openThreads(set, request, threads);
  const medians = new Map();
  for (const name of opened.names) {
    const times = [];
    for (let round = 0; round < rounds; round++) times.push((await opened.time([name])).seconds);
    medians.set(name, median(times));
  }
  await opened.close();
  return medians;
}
