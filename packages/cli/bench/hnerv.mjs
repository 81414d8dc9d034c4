import { matchParameters, readCheckpoint } from '@xinc/checkpoints';
import { createWorkerPool } from '@xinc/core/node';
import { createNetwork, createTracer } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import hnerv from '@xinc/model-hnerv';
import { fourGroupings } from './labels.mjs';

/*
 * One process that traces one frame of the published HNeRV of 640×1280 pixels, all layers: totals, extremes, the histogram and four
 * groupings of 32. Prints for each layer its neurons, seconds, and processor seconds of all threads, and at the end the largest
 * memory that the process ever held. Argument: the authors' quant_vid.pth, and layers, if not all.
 */
const [file, ...layers] = process.argv.slice(2);
const checkpoint = await readCheckpoint(file);
const { embed, ...shapes } = Object.fromEntries([...checkpoint.tensors].map(([name, { shape }]) => [name, shape]));
const [frames, , rows, columns] = embed;
const signal = { kind: 'video', frames, height: 320 * rows, width: 320 * columns };
const inferred = hnerv.infer({ embed, ...shapes }, signal);
const inr = hnerv.build(hnerv.config.parse(inferred), signal);
const engine = await ort.create();
const network = createNetwork(inr, matchParameters(checkpoint, inr.parameters, inr.checkpoints), engine);
const pool = createWorkerPool();
const tracer = createTracer(network, pool);
const { height, width } = signal;
const labels = fourGroupings(signal);
const request = { neuronTotals: true, pixelTotals: true, groupSums: Object.keys(labels), histogram: true };
const processorSeconds = () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { processor: (userCPUTime + systemCPUTime) / 1e6, megabytes: maxRSS / 1024 };
};
for (const { id } of inr.layers) {
  if (layers.length > 0 && !layers.includes(id)) continue;
  const [start, before] = [performance.now(), processorSeconds()];
  let neurons = 0;
  const onProgress = ({ total }) => {
    neurons = total;
  };
  await tracer.trace(0, request, { labels, layers: [id], onProgress });
  const after = processorSeconds();
  const seconds = (performance.now() - start) / 1000;
  const processor = after.processor - before.processor;
  const perValue = (1e9 * processor) / (neurons * height * width);
  console.log(
    `${id}: ${neurons} kernels × ${height}×${width}, ${seconds.toFixed(1)} s, ${processor.toFixed(1)} s of processor time, ${perValue.toFixed(2)} ns a value; process ${after.megabytes.toFixed(0)} MB`,
  );
}
await pool.dispose();
await network.dispose();
await engine.dispose();
