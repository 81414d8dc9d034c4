import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { withoutPaths } from './private-paths.js';

test('absolute paths of the run, its signal and the home leave no folder behind', () => {
  const [run, signal] = [resolve('runs', 'cat'), resolve('pictures', 'cat.png')];
  const text = JSON.stringify([`${run} was analysed`, join(run, 'weights.safetensors'), signal, join(homedir(), 'x')]);
  expect(JSON.parse(withoutPaths(text, [run, signal]))).toEqual(['… was analysed', 'weights.safetensors', '…', 'x']);
});

test('other texts stay as they are', () => {
  expect(withoutPaths('{"title":"A / B"}', [resolve('runs')])).toBe('{"title":"A / B"}');
});
