import type { Engine, NdArray, Program } from '@xinc/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import plugin from '../src/index.js';
import { array, randomArray } from './arrays.js';
import { tf } from './engine.js';

let engine: Engine;
beforeAll(async () => {
  engine = await plugin.create();
});
afterAll(() => engine.dispose());

const affine: Program = (ops, { x, w }) => {
  const y = ops.matMul(x, w);
  return { y, positive: ops.relu(y), loss: ops.mean(ops.square(y)) };
};
const shapes = { x: [2, 3], w: [3, 1] };
const inputs = { x: array([2, 3], [1, 2, 3, 4, 5, 6]), w: array([3, 1], [1, 0, -1]) };

describe('compile', () => {
  test('gives every output, or those asked for', async () => {
    const all = await (await engine.compile(affine, shapes)).run(inputs);
    expect(all).toEqual({ y: array([2, 1], [-2, -2]), positive: array([2, 1], [0, 0]), loss: array([], [4]) });
    const some = await (await engine.compile(affine, shapes, { outputs: ['loss'] })).run(inputs);
    expect(Object.keys(some)).toEqual(['loss']);
  });

  test('refuses shapes that do not fit, and outputs that are not there', async () => {
    await expect(engine.compile(affine, { x: [2, 3], w: [4, 1] })).rejects.toThrow(
      'matMul(2×3, 4×1): inner extents 3 and 4 differ',
    );
    await expect(engine.compile(affine, shapes, { outputs: ['z'] })).rejects.toThrow(
      "The program has no output 'z'. It gives: y, positive, loss.",
    );
  });

  test('hands out results in memory of their own', async () => {
    const executable = await engine.compile((ops, { x }) => ({ x, flat: ops.reshape(x, [6]) }), { x: [2, 3] });
    const given = randomArray([2, 3], 1);
    const before = given.data.slice();
    const outputs = await executable.run({ x: given });
    outputs.x.data.fill(0);
    expect(outputs.flat.data).toEqual(before);
    expect(given.data).toEqual(before);
  });
});

describe('run', () => {
  const failing: [string, Record<string, NdArray>, string][] = [
    ['a missing input', { x: inputs.x }, "The input 'w' (3×1) is missing"],
    ['another shape', { ...inputs, w: array([1, 3], [1, 2, 3]) }, "The input 'w' is 1×3, not 3×1"],
    [
      'values that do not fill the shape',
      { ...inputs, w: { shape: [3, 1], data: new Float32Array(2) } },
      "The input 'w' is 3×1 but holds 2 values, not 3",
    ],
  ];
  test.each(failing)('refuses %s', async (_, given, message) => {
    await expect((await engine.compile(affine, shapes)).run(given)).rejects.toThrow(message);
  });

  test('takes what it was compiled for from among other arrays', async () => {
    const executable = await engine.compile(affine, shapes, { outputs: ['loss'] });
    const { loss } = await executable.run({ ...inputs, other: array([1], [1]) });
    expect(loss).toEqual(array([], [4]));
  });

  test('reports what TensorFlow.js cannot do by operation and shapes', async () => {
    const huge: Program = (ops, { x }) => ({ y: ops.broadcastTo(x, [2 ** 40]) });
    await expect((await engine.compile(huge, { x: [1] })).run({ x: array([1], [0]) })).rejects.toMatchObject({
      name: 'XincError',
      code: 'unsupported',
      message: expect.stringMatching(/^TensorFlow\.js cannot run broadcastTo\(1\): /),
    });
  });

  test('lets other work run before it computes', async () => {
    const executable = await engine.compile(affine, shapes);
    const order: string[] = [];
    setImmediate(() => order.push('other work'));
    await executable.run(inputs).then(() => order.push('run'));
    expect(order).toEqual(['other work', 'run']);
  });
});

describe('compileGradient', () => {
  test('gives all outputs and the gradients asked for', async () => {
    const executable = await engine.compileGradient(affine, shapes, { loss: 'loss', wrt: ['w'] });
    // ∂/∂w mean((x w)²) = xᵀ (x w)
    expect(await executable.run(inputs)).toEqual({
      y: array([2, 1], [-2, -2]),
      positive: array([2, 1], [0, 0]),
      loss: array([], [4]),
      'gradient:w': array([3, 1], [-10, -14, -18]),
    });
  });

  test('is zero for an input that the loss does not depend on, and one for the loss itself', async () => {
    const program: Program = (ops, { loss, other, unused }) => ({ loss, masked: ops.greater(other, unused) });
    const executable = await engine.compileGradient(
      program,
      { loss: [], other: [2], unused: [2] },
      { loss: 'loss', wrt: ['loss', 'other', 'unused'] },
    );
    const pair = array([2], [3, 4]);
    const outputs = await executable.run({ loss: array([], [7]), other: pair, unused: pair });
    expect(outputs['gradient:loss']).toEqual(array([], [1]));
    expect(outputs['gradient:other']).toEqual(array([2], [0, 0]));
    expect(outputs['gradient:unused']).toEqual(array([2], [0, 0]));
  });

  test('adds up what an input contributes along several ways', async () => {
    const program: Program = (ops, { x }) => ({ loss: ops.sum(ops.add(ops.add(x, x), ops.mul(x, ops.abs(x)))) });
    const executable = await engine.compileGradient(program, { x: [2] }, { loss: 'loss', wrt: ['x'] });
    const outputs = await executable.run({ x: array([2], [-1, 3]) });
    expect(outputs['gradient:x']).toEqual(array([2], [4, 8]));
  });

  test('refuses a loss that is not a scalar or not there, and an input that is not there', async () => {
    const compile = (loss: string, wrt: string[]) => engine.compileGradient(affine, shapes, { loss, wrt });
    await expect(compile('y', ['w'])).rejects.toThrow(
      'The loss to differentiate has shape 2×1, not scalar. Reduce it with mean or sum.',
    );
    await expect(compile('cost', ['w'])).rejects.toThrow("The program has no output 'cost'");
    await expect(compile('loss', ['v'])).rejects.toThrow(
      "The program has no input 'v' to differentiate by. It takes: x, w.",
    );
  });
});

describe('lifetime', () => {
  const failsWhenRun =
    (stage: 'forward' | 'backward'): Program =>
    (ops, { x }) => {
      const squares = ops.square(x);
      // Shapes alone say nothing: the failure comes when tensors are made.
      const y = stage === 'forward' ? ops.broadcastTo(ops.sum(squares), [2 ** 40]) : squares;
      return { y, loss: ops.sum(y) };
    };

  test('runs keep no tensors, whether they succeed or fail', async () => {
    const executables = [
      await engine.compile(affine, shapes),
      await engine.compileGradient(affine, shapes, { loss: 'loss', wrt: ['x', 'w'] }),
    ];
    const before = tf.memory();
    for (const executable of executables) await executable.run(inputs);
    const broken = [
      await engine.compile(failsWhenRun('forward'), { x: [3] }),
      await engine.compileGradient(failsWhenRun('forward'), { x: [3] }, { loss: 'loss', wrt: ['x'] }),
    ];
    for (const executable of broken) await expect(executable.run({ x: randomArray([3], 1) })).rejects.toThrow('cannot');
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
  });

  test('a failed differentiation does not disturb the next', async () => {
    const broken = await engine.compileGradient(failsWhenRun('forward'), { x: [3] }, { loss: 'loss', wrt: ['x'] });
    await expect(broken.run({ x: randomArray([3], 1) })).rejects.toThrow();
    const sound = await engine.compileGradient(failsWhenRun('backward'), { x: [2] }, { loss: 'loss', wrt: ['x'] });
    expect((await sound.run({ x: array([2], [1, 2]) }))['gradient:x']).toEqual(array([2], [2, 4]));
  });

  test('what is disposed of refuses to run, with all that its engine made', async () => {
    const other = await plugin.create();
    const [first, second] = [await other.compile(affine, shapes), await other.compile(affine, shapes)];
    await first.dispose();
    await expect(first.run(inputs)).rejects.toThrow('This executable of the tfjs engine has been disposed of');
    await expect(second.run(inputs)).resolves.toBeDefined();
    await other.dispose();
    await expect(second.run(inputs)).rejects.toThrow('has been disposed of');
    await expect(other.compile(affine, shapes)).rejects.toThrow('This tfjs engine has been disposed of');
  });
});
