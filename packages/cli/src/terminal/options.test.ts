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

test('functions that a library names are said as commands, with the plugins that this one was given', () => {
  const text = 'Run `analyzeRun("my run", "canvas")` again.';
  expect(withOptions(text)).toBe('Run xinc analyze "my run" canvas again.');
  expect(withOptions(text, { plugin: ['mine.js'] })).toBe('Run xinc analyze "my run" canvas --plugin mine.js again.');
  expect(withOptions('Make them: `runStudy("my study")`; `newStudy()` makes one, `addToStudy()` adds to it.')).toBe(
    'Make them: xinc study run "my study"; xinc study new makes one, xinc study add adds to it.',
  );
});

test('what else stands in backticks stays', () => {
  const text = 'a file `width: 3.png`, a `Size`, `analyzeRun(1)`, `dispose("a")`, a lonely ` and `frames';
  expect(withOptions(text)).toBe(text);
  expect(optionOf('deinterlace', 'true')).toBe('--deinterlace');
});
