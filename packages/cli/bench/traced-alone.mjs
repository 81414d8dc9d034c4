import { fileURLToPath } from 'node:url';
import { discoverPlugins } from '@xinc/core/node';
import { createTracer, uniteRequests } from '@xinc/core/trace';
import { openNetwork, planAnalyses, Run, startPool, storedSignal } from '@xinc/runs';

/*
 * The tracing alone of what analyses of one frame ask for: a process that opens a run, groups the frame's pixels, and then measures one trace, with
 * the frame before where an analysis compares with it. Prints the seconds on the clock and of processors of that trace, the first of the process, as it
 * is in the command. Arguments: the run, the frame, the groupings, and the analyses.
 */
const [path, at, groupings, ...analyses] = process.argv.slice(2);
const frame = Number(at);
const registry = await discoverPlugins({
  from: [fileURLToPath(new URL('.', import.meta.url))],
  projects: [],
  paths: [],
});
const run = await Run.open(path);
const engine = await registry.get('engine', 'ort').plugin.create();
const network = await openNetwork(run, registry, engine);
const pool = await startPool(network.inr);
const tracer = createTracer(network, pool);
const plan = planAnalyses(registry, { settings: {}, analyses, groupings: groupings.split(',') });
const { shape } = storedSignal(run);
const picture = await storedSignal(run).frame(frame);
const labels = {};
for (const { name, plugin, options } of plan.groupings) {
  labels[name] = await plugin.label(picture, options, { frame, signal: shape, seed: run.manifest.seed });
}
const about = { signal: shape, layers: tracer.layers, frames: [frame], groupings: Object.keys(labels) };
const request = uniteRequests(plan.analyses.map(({ plugin, options }) => plugin.request(options, about)));
const [start, before] = [performance.now(), process.cpuUsage()];
await tracer.trace(frame, request, { labels, ...(frame > 0 && { previousFrame: frame - 1 }) });
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ seconds: (performance.now() - start) / 1000, processorSeconds: (user + system) / 1e6 }));
await pool.dispose();
await network.dispose();
await engine.dispose();
