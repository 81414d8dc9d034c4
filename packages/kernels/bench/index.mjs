import { availableParallelism } from 'node:os';
import { compareWithPyTorch } from './pytorch.mjs';
import { timeLayers } from './trace.mjs';

/*
 * Time per frame of tracing the default networks at 128×256, with four groupings, totals per neuron and pixel, minima and
 * maxima, and the histogram where named; beside the targets, and the time that the published code takes for the maps alone.
 */
const threads = availableParallelism();
const PUBLISHED = { 'block 1': 23.9, 'block 2': 4.2, 'block 3': 4.2, head: 0.04 };
for (const request of ['sums', 'histogram']) {
  const times = await timeLayers('nerv 128×256', request, threads, 3);
  const all = [...times.values()].reduce((a, b) => a + b);
  for (const [name, seconds] of times) {
    const ratio = (PUBLISHED[name] / seconds).toFixed(0);
    console.log(`NeRV ${name}, ${request}: ${seconds.toFixed(3)} s, 1/${ratio} of the published code's maps alone`);
  }
  const target = request === 'sums' ? 0.8 : 1.2;
  console.log(`  block 1 takes ${((100 * times.get('block 1')) / target).toFixed(0)} % of its ${target} s`);
  console.log(`  all layers ${all.toFixed(3)} s, ${((100 * all) / 1.6).toFixed(0)} % of 1.6 s`);
}
const ffn = await timeLayers('ffn 128×256', 'histogram', 1, 5);
const all = [...ffn.values()].reduce((a, b) => a + b);
console.log(`FFN, histogram, one thread: ${all.toFixed(3)} s, ${((100 * all) / 0.15).toFixed(0)} % of 0.15 s`);
await compareWithPyTorch();
