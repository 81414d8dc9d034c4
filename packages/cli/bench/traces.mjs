import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/* Whole traces, activations included, each in a process of its own, beside their targets. */
const trace = fileURLToPath(new URL('trace.mjs', import.meta.url));
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
