import { expect, test } from 'vitest';
import { XincError } from './errors.js';

test('an error keeps what is wrong apart from what to do, and says both in one line', () => {
  const { message, problem, hint } = new XincError('not-found', 'a.png\n  does not exist.', { hint: 'Give a file.' });
  expect([message, problem, hint]).toEqual([
    'a.png does not exist. Give a file.',
    'a.png does not exist',
    'Give a file.',
  ]);
});

test('an error without a hint says what is wrong as it was given', () => {
  const { message, problem } = new XincError('io', 'The disk is full.');
  expect([message, problem]).toEqual(['The disk is full.', 'The disk is full']);
});
