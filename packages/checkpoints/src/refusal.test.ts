import { expect, test } from 'vitest';
import { refusal } from '../test/refusals.js';
import { inFile, malformed, unsupported } from './refusal.js';

test('names the file, keeps what to do', () => {
  const error = refusal('unsupported', () =>
    inFile('a.pt', () => {
      throw unsupported('this is something else', 'Convert it.');
    }),
  );
  expect(error.message).toBe('a.pt: this is something else. Convert it.');
  expect(error).toMatchObject({ subject: 'a.pt', hint: 'Convert it.' });
  refusal('invalid-file', () =>
    inFile('a.pt', () => {
      throw malformed('odd');
    }),
  );
});

test('what the JavaScript engine cannot hold is refused, with the cause', () => {
  const error = refusal('unsupported', () => inFile('a.pt', () => new Float32Array(2 ** 60)));
  expect(error.message).toContain('a.pt: the file holds more than can be read here');
  expect(error.cause).toBeInstanceOf(RangeError);
});

test('mistakes of this package stay what they are', () => {
  const mistake = () => {
    throw new TypeError('a bug');
  };
  expect(() => inFile('a.pt', mistake)).toThrow(TypeError);
});
