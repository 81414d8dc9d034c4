import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/* What a user waits for and what it takes of the machine, each in a process of its own, beside its target. */
const trace = fileURLToPath(new URL('trace.mjs', import.meta.url));
const bin = fileURLToPath(new URL('../bin/xinc.js', import.meta.url));
const share = (value, target) => `${((100 * value) / target).toFixed(0)} % of ${target}`;

for (const [model, height, width, seconds, megabytes] of [
  ['ffn', 128, 256, 0.15, 400],
  ['ffn', 720, 1280, null, 1000],
  ['nerv', 128, 256, 2, 400],
  ['nerv', 720, 1280, null, 1500],
]) {
  const output = execFileSync(process.execPath, [trace, model, String(height), String(width)], { encoding: 'utf8' });
  const measured = JSON.parse(output);
  const time = seconds ? `${share(measured.seconds, seconds)} s` : `${measured.seconds.toFixed(1)} s`;
  const memory = `${share(measured.megabytes, megabytes)} MB`;
  console.log(`trace ${model} ${height}×${width}, activations included: ${time}; whole process ${memory}`);
}

const times = Array.from({ length: 7 }, () => {
  const start = performance.now();
  spawnSync(process.execPath, [bin, '--help']);
  return (performance.now() - start) / 1000;
}).sort((a, b) => a - b);
const bare = Array.from({ length: 7 }, () => {
  const start = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return (performance.now() - start) / 1000;
}).sort((a, b) => a - b);
console.log(`xinc --help: ${share(times[3], 0.25)} s, ${(times[3] / bare[3]).toFixed(1)} × an empty Node process`);

await import('./analyses.mjs');
await import('./import.mjs');
execFileSync(process.execPath, [fileURLToPath(new URL('quality.mjs', import.meta.url))], { stdio: 'inherit' });
execFileSync(process.execPath, [fileURLToPath(new URL('optimizers.mjs', import.meta.url))], { stdio: 'inherit' });
