import { expect, test } from 'vitest';
import { optionOf, withOptions } from './options.js';

test('settings that a library names in backticks are said as options', () => {
  expect(withOptions('Give a smaller `size`, such as `size: 512`.')).toBe('Give a smaller --size, such as --size 512.');
  expect(withOptions('`frames: 3:x`: expected START:STOP')).toBe('--frames 3:x: expected START:STOP');
  expect(withOptions('`labelsOrientation: shown` says they are upright')).toBe(
    '--labels-orientation shown says they are upright',
  );
  expect(withOptions('Leave one of `token: false` and `host` out.')).toBe('Leave one of --no-token and --host out.');
});

test('what else stands in backticks stays', () => {
  const text = 'a file `width: 3.png`, a `Size`, a lonely ` and `frames';
  expect(withOptions(text)).toBe(text);
  expect(optionOf('deinterlace', 'true')).toBe('--deinterlace');
});
