import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { withoutPaths, withoutPathsInJson } from './private-paths.js';

test('absolute paths of the run, its signal and the home leave no folder behind', () => {
  const [run, signal] = [resolve('runs', 'cat'), resolve('pictures', 'cat.png')];
  const text = JSON.stringify([`${run} was analysed`, join(run, 'weights.safetensors'), signal, join(homedir(), 'x')]);
  expect(JSON.parse(withoutPathsInJson(text, [run, signal]))).toEqual([
    '… was analysed',
    'weights.safetensors',
    '…',
    'x',
  ]);
});

test('other texts stay as they are', () => {
  expect(withoutPaths('{"title":"A / B"}', [resolve('runs')])).toBe('{"title":"A / B"}');
});

test('paths of other machines lose their folders, and what only looks like one stays', () => {
  const text = JSON.stringify([
    '/scratch/jane/clips/boat.png: 30 frames',
    'D:\\Users\\Jane\\boat.mp4',
    'E:/a/b.png',
    '\\\\nas\\jane\\c.png',
  ]);
  expect(JSON.parse(withoutPathsInJson(text, [resolve('runs')]))).toEqual([
    'boat.png: 30 frames',
    'boat.mp4',
    'b.png',
    'c.png',
  ]);
  const others = JSON.stringify([
    'https://example.org/a/b',
    'pixels/s',
    'analysis/canvas/x.json',
    'c:\nd',
    '\\alpha\\beta',
    '1 / 2 / 3',
  ]);
  expect(withoutPathsInJson(others, [resolve('runs')])).toBe(others);
  const longer = `${homedir()}2 is another`;
  expect(withoutPaths(longer, [])).toContain('2 is another');
});

test('what is left out of a text of JSON is no part of its form', () => {
  const run = resolve('runs', 'we"ird');
  const texts = [`${run}/"a\\" is no "C:\\"`, '\\\\nas\\', 'D:\\', `{"__proto__":"${run}"}`];
  expect(JSON.parse(withoutPathsInJson(JSON.stringify(texts), [run]))).toEqual([
    '"a\\" is no "C:\\"',
    '',
    'D:\\',
    '{"__proto__":"…"}',
  ]);
  expect(withoutPathsInJson('{"__proto__":{"a":1}}', [run])).toBe('{"__proto__":{"a":1}}');
});
