import { Worker } from 'node:worker_threads';
import { median } from '../../../scripts/bench-lines.mjs';

/**
 * Layers opened in as many threads as given: each takes the next piece of a layer's neurons when it is done with one, as in a trace.
 * @param set layers of worker.mjs
 * @param request of requests.mjs
 */
export async function openThreads(set, request, threads) {
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL('./worker.mjs', import.meta.url), { workerData: { set, request } }),
  );
  const layers = await ask(workers[0], { call: 'layers' });
  const trace = async (name, anew) => {
    const { neurons, piece } = layers.find((layer) => layer.name === name);
    let start = 0;
    await Promise.all(
      workers.map(async (worker) => {
        await ask(worker, { call: 'open', name, anew });
        while (start < neurons) {
          const first = start;
          start = Math.min(neurons, first + piece);
          await ask(worker, { call: 'add', start: first, end: start });
        }
        await ask(worker, { call: 'close' });
      }),
    );
  };
  return {
    names: layers.map(({ name }) => name),
    /** Seconds, and seconds of processors, of tracing layers; where `anew`, of copying them in as well. */
    async time(names, anew = false) {
      const [start, before] = [performance.now(), process.cpuUsage()];
      for (const name of names) await trace(name, anew);
      const { user, system } = process.cpuUsage(before);
      return { seconds: (performance.now() - start) / 1000, processorSeconds: (user + system) / 1e6 };
    },
    close: () => Promise.all(workers.map((worker) => worker.terminate())),
  };
}

/** What a worker answers. */
function ask(worker, message) {
  return new Promise((resolve, reject) => {
    const settle = (finish) => (value) => {
      worker.off('message', answered).off('error', failed);
      finish(value);
    };
    const [answered, failed] = [settle(resolve), settle(reject)];
    worker.on('message', answered).on('error', failed);
    worker.postMessage(message);
  });
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
