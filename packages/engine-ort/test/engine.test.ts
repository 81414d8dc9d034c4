import { availableParallelism } from 'node:os';
import { isXincError, ndarray, type Program } from '@xinc/core';
import ort from '@xinc/engine-ort';
import { describe, expect, test } from 'vitest';
import { useEngine } from './engine.js';

const run = useEngine();
const double: Program = (ops, { x }) => ({ y: ops.mul(x, 2) });

describe('the plugin', () => {
  test('announces its name and devices without loading the runtime', () => {
    expect(ort).toMatchObject({ kind: 'engine', name: 'ort', title: 'ONNX Runtime' });
    expect(ort.devices).toEqual(['cpu', 'cuda', 'webgpu', 'dml', 'coreml']);
  });

  test('describes runtime, version, device and threads in a line', async () => {
    expect(run.engine.description).toMatch(
      /^ONNX Runtime \d+\.\d+\.\d+, cpu, 2 threads(, with oneDNN [23]\.\d+\.\d+)?$/,
    );
    const engine = await ort.create();
    expect(engine.description).toContain(`cpu, ${availableParallelism()} thread`);
    await engine.dispose();
  });

  test('refuses a device that does not exist', async () => {
    await expect(ort.create({ device: 'tpu' })).rejects.toThrow(
      "There is no device 'tpu'. The engine 'ort' knows: cpu, cuda, webgpu, dml, coreml.",
    );
  });

  test('refuses a number of threads that is none', async () => {
    await expect(ort.create({ threads: 0 })).rejects.toThrow(
      'The number of threads is 0, not a whole number of at least 1',
    );
  });

  // Each platform lacks one of the two for certain.
  test('refuses a device that the machine lacks instead of computing elsewhere', async () => {
    const device = process.platform === 'darwin' ? 'dml' : 'coreml';
    const failure = await ort.create({ device }).catch((error) => error);
    expect(isXincError(failure, 'unsupported')).toBe(true);
    expect(failure.message).toContain(`The device '${device}' cannot be used on this machine (${process.platform} `);
    expect(failure.message).toContain("Choose the device 'cpu' to go on without it.");
    expect(failure.message).not.toContain('\n');
  });
});

describe('an engine', () => {
  test('keeps only the outputs that are asked for', async () => {
    const program: Program = (ops, { x }) => ({ y: ops.neg(x), z: ops.abs(x) });
    const executable = await run.engine.compile(program, { x: [1] }, { outputs: ['z'] });
    expect(Object.keys(await executable.run({ x: ndarray([1]) }))).toEqual(['z']);
    await executable.dispose();
  });

  test('names the outputs there are when asked for another', async () => {
    await expect(run.engine.compile(double, { x: [1] }, { outputs: ['z'] })).rejects.toThrow(
      "The program has no output 'z'. It gives: y.",
    );
  });

  test('names the inputs there are when asked for the gradient by another', async () => {
    const program: Program = (ops, { x }) => ({ loss: ops.sum(x) });
    await expect(run.engine.compileGradient(program, { x: [1] }, { loss: 'loss', wrt: ['w'] })).rejects.toThrow(
      "The program has no input 'w' to differentiate by. It takes: x.",
    );
  });

  test('names the input that is missing or of another shape', async () => {
    const executable = await run.engine.compile(double, { x: [2, 3] });
    await expect(executable.run({})).rejects.toThrow("The input 'x' (2×3) is missing");
    await expect(executable.run({ x: ndarray([3, 2]) })).rejects.toThrow("The input 'x' is 3×2, not 2×3");
    await executable.dispose();
  });

  test('passes on what the tensor language says of operands that do not fit', async () => {
    const program: Program = (ops, { a, b }) => ({ y: ops.matMul(a, b) });
    await expect(run.engine.compile(program, { a: [2, 3], b: [2, 3] })).rejects.toThrow(
      'matMul(2×3, 2×3): inner extents 3 and 2 differ',
    );
  });

  test('says which program ONNX Runtime could not run, and why, in one line', async () => {
    // More elements than any machine can address.
    const program: Program = (ops, { x }) => ({ y: ops.sum(ops.exp(ops.broadcastTo(x, [2 ** 25, 2 ** 25]))) });
    const executable = await run.engine.compile(program, { x: [1] });
    const failure = await executable.run({ x: ndarray([1]) }).catch((error) => error);
    expect(isXincError(failure, 'unsupported')).toBe(true);
    expect(failure.message).toMatch(/^ONNX Runtime could not run the program \(x 1\): ./);
    expect(failure.message).not.toContain('\n');
    await executable.dispose();
  });

  test('reads an input that is a window of a larger array', async () => {
    const executable = await run.engine.compile(double, { x: [2] });
    const window = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    expect(Array.from((await executable.run({ x: ndarray([2], window) })).y.data)).toEqual([4, 6]);
    expect(window.length).toBe(2);
    await executable.dispose();
  });

  test('leaves the event loop free while it computes', async () => {
    const size = 1200;
    const executable = await run.engine.compile(
      (ops, { x }) => {
        let y = x;
        for (let i = 0; i < 20; i++) y = ops.matMul(y, x);
        return { y: ops.sum(y) };
      },
      { x: [size, size] },
    );
    let longest = 0;
    const start = performance.now();
    let last = start;
    const tick = () => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    };
    const timer = setInterval(tick, 1);
    await executable.run({ x: ndarray([size, size]) });
    tick();
    const duration = last - start;
    clearInterval(timer);
    await executable.dispose();
    // On the calling thread there would be one silence, as long as all of it; a loaded machine makes many short ones.
    expect(longest).toBeLessThan(duration / 2);
  });

  test('refuses work after it was disposed of', async () => {
    const engine = await ort.create({ threads: 1 });
    const executable = await engine.compile(double, { x: [1] });
    await engine.dispose();
    await engine.dispose();
    await executable.dispose();
    await expect(executable.run({ x: ndarray([1]) })).rejects.toThrow('The engine was disposed of');
  });
});
