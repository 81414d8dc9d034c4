import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { checkPlugins } from '@xinc/core/testing';
import { expect, test } from 'vitest';
import plugin from '../src/index.js';

const ENTRY = new URL('../dist/index.js', import.meta.url).href;

/** Runs a script that has the built plugin as `plugin`, in a process of its own. */
async function runWithPlugin(script: string): Promise<{ stdout: string; stderr: string }> {
  const source = `import plugin from ${JSON.stringify(ENTRY)};\n${script}`;
  return promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source]);
}

test('is a plugin by the registry’s rules', () => {
  expect(checkPlugins(plugin, 'engine-tfjs')).toEqual([plugin]);
  expect(plugin).toMatchObject({ kind: 'engine', name: 'tfjs', devices: ['cpu'] });
});

test('names the devices there are to one who asks for another', async () => {
  await expect(plugin.create({ device: 'cuda' })).rejects.toMatchObject({
    code: 'unsupported',
    message: "The engine tfjs has no device 'cuda'. It has: cpu.",
  });
});

test.each([0, 1.5, Number.NaN])('refuses %d threads', async (threads) => {
  await expect(plugin.create({ threads })).rejects.toMatchObject({
    code: 'invalid-option',
    message: `The number of threads is ${threads}, not a whole number of at least 1`,
  });
});

test('says in its description what runs the programs', async () => {
  const engine = await plugin.create();
  expect(engine.name).toBe('tfjs');
  expect(engine.description).toMatch(
    /^TensorFlow\.js \d+\.\d+\.\d+, (native CPU library of|plain JavaScript CPU backend, 1 thread \(slow)/,
  );
  await engine.dispose();
});

test('its entry does not load TensorFlow.js', async () => {
  const { stdout } = await runWithPlugin(`
    import { createRequire } from 'node:module';
    const loaded = () => Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes('tensorflow'));
    const before = loaded();
    await plugin.create();
    console.log(before, loaded());`);
  expect(stdout.trim()).toBe('false true');
});

test('TensorFlow.js prints nothing of its own', async () => {
  const output = await runWithPlugin(`
    const engine = await plugin.create();
    const executable = await engine.compile((ops, { x }) => ({ y: ops.exp(x) }), { x: [1] });
    await executable.run({ x: { shape: [1], data: Float32Array.of(1) } });
    await engine.dispose();`);
  expect(output).toEqual({ stdout: '', stderr: '' });
});
