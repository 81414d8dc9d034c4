import { createWorkerPool } from '@xinc/core/node';
import { createLocalPool, createNetwork, createTracer, initializeParameters } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import ffn from '@xinc/model-ffn';
import nerv from '@xinc/model-nerv';
import { fourGroupings } from './labels.mjs';

/*
 * One process that traces one frame of a network of start weights, with four groupings of 32, totals, extremes and the
 * histogram, and prints the time of the second round and the largest memory it ever held. Arguments: model, height, width.
 */
const [model, height, width] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const plugin = { ffn, nerv }[model];
const signal = { kind: model === 'ffn' ? 'image' : 'video', frames: 1, height, width };
// The default NeRV's widths at every size, as at 128×256.
const settings = model === 'nerv' ? { widths: '37,31,26,22' } : {};
const inr = plugin.build(plugin.config.parse(settings), signal);
const engine = await ort.create();
const network = createNetwork(inr, initializeParameters(inr.parameters, 0), engine);
const pool = model === 'ffn' && height * width < 1e5 ? await createLocalPool() : createWorkerPool();
const tracer = createTracer(network, pool);
const labels = fourGroupings(signal);
const request = { neuronTotals: true, pixelTotals: true, groupSums: Object.keys(labels), histogram: true };
const times = [];
for (let round = 0; round < (height * width < 1e5 ? 5 : 1); round++) {
  const start = performance.now();
  await tracer.trace(0, request, { labels });
  times.push((performance.now() - start) / 1000);
}
await pool.dispose();
await network.dispose();
await engine.dispose();
const seconds = times.sort((a, b) => a - b)[times.length >> 1];
console.log(JSON.stringify({ seconds, megabytes: process.resourceUsage().maxRSS / 1024 }));
