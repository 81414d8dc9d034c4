import { expect, test } from 'vitest';
import { differentiate } from '../src/gradients.js';
import { tf } from './engine.js';

test('a backward pass that fails leaves no tensors behind and says what failed', () => {
  const before = tf.memory().numTensors;
  const unsound = tf.customGrad((x) => ({
    value: tf.square(x as never),
    gradFunc: () => {
      throw new Error('out of luck');
    },
  }));
  const run = () =>
    tf.tidy(() => {
      const x = tf.tensor([1, 2]);
      const compute = () => {
        const y = unsound(tf.exp(x));
        return { y, loss: tf.sum(y) };
      };
      return { ...differentiate(tf, compute, 'loss', [x]).outputs };
    });
  expect(run).toThrow('TensorFlow.js cannot differentiate the program: out of luck');
  expect(tf.memory().numTensors).toBe(before);
});
