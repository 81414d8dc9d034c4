import { expect, test } from 'vitest';
import { latin1Bytes, latin1Text } from './latin1.js';

const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);

test('each of the 256 bytes is the character of its number, and back', () => {
  const text = latin1Text(every.subarray(1));
  expect([...text].map((character) => character.codePointAt(0))).toEqual([...every.subarray(1)]);
  expect(latin1Bytes(latin1Text(every))).toEqual(every);
});

test('a text with other characters has no such bytes', () => {
  expect(latin1Bytes('a\u0152')).toBeUndefined();
});
