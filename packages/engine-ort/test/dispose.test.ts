import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const entry = new URL('../dist/index.js', import.meta.url).href;

test('a program that disposes of everything goes on to its end, threads that make bases too', async () => {
  const program = `
    const { default: ort } = await import(${JSON.stringify(entry)});
    const engine = await ort.create({ threads: 2 });
    const array = (...shape) => ({ shape, data: new Float32Array(shape[0] * shape[1]).fill(0.5) });
    const trainer = await engine.compileTraining({
      program: (ops, { w, x }) => ({ loss: ops.mean(ops.square(ops.sub(w, x))) }),
      parameters: { w: array(310, 230) },
      fixed: {},
      batch: { x: [310, 230] },
      optimizer: { name: 'soap', beta1: 0.9, beta2: 0.9, epsilon: 1e-8, refresh: 2, mostSide: 400 },
    });
    const batch = await trainer.prepare({ x: array(310, 230) });
    await trainer.step(batch, 0.1);
    await trainer.step(batch, 0.1);
    await trainer.dispose();
    await engine.dispose();
    console.log('the end');`;
  // It would end with status 13 if nothing kept it alive while a thread is waited for, which rejects.
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  expect(stdout).toBe('the end\n');
});
