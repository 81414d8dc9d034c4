import { describe, expect, test, vi } from 'vitest';
import { createDisplay } from './progress.js';

/** A stream that remembers what was written, without colours. */
function stream(columns?: number) {
  let written = '';
  return {
    isTTY: columns !== undefined,
    columns,
    write(text: string) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with the escape character
      written += text.replaceAll(/\x1b\[\d+m/g, '');
      return true;
    },
    get written() {
      return written;
    },
  };
}

const displayOn = (on: ReturnType<typeof stream>) => createDisplay({}, on as unknown as NodeJS.WriteStream);

describe('on a terminal', () => {
  test('what was done has a tick, and what was left out has none', () => {
    const on = stream(80);
    const display = displayOn(on);
    display.begin('The canvas', '%');
    display.end('The canvas: done');
    display.begin('Objects', '%');
    display.end('Objects: left out: there are none', 'left-out');
    expect(on.written).toContain('✓ The canvas: done\n');
    expect(on.written).toContain('– Objects: left out: there are none\n');
  });

  test('the task under way is known until it ends', () => {
    const display = displayOn(stream(80));
    expect(display.task()).toBeUndefined();
    display.begin('Training', 'steps');
    expect(display.task()).toBe('Training');
    display.end('Trained');
    expect(display.task()).toBeUndefined();
  });

  test('what comes after the last step has no rate, and no time left but its own', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const on = stream(120);
      const display = displayOn(on);
      display.begin('Training', 'steps');
      display.update({ done: 1, total: 40 });
      vi.advanceTimersByTime(10_000);
      display.update({ done: 31, total: 40 });
      expect(on.written).toMatch(/77 % · 3 s left · 31\/40 · 3 steps\/s$/);
      vi.advanceTimersByTime(10_000);
      display.update({ done: 40, total: 40, note: '1 of 300 frames compared' });
      expect(on.written).toMatch(/100 % · 1 of 300 frames compared · 40\/40$/);
      vi.advanceTimersByTime(10_000);
      display.update({ done: 40, total: 40, note: '2 of 300 frames compared', left: 60 });
      expect(on.written).toMatch(/100 % · 1 min 00 s left · 2 of 300 frames compared · 40\/40$/);
    } finally {
      vi.useRealTimers();
    }
  });

  test('what begins does not reach the last column', () => {
    const on = stream(12);
    displayOn(on).begin('Contribution, brightness and edges', '%');
    expect(on.written).toBe('Contributi…');
  });
});

test.each([80, undefined])('text out of files does nothing to what shows it (columns: %s)', (columns) => {
  const on = stream(columns);
  const display = displayOn(on);
  display.begin('a\x1b]0;b\x07', 'c');
  display.line('name \x1b[2Jof \u202egroup');
  display.end('\x9b31mend\r');
  const shown = on.written.replaceAll('\r\x1b[2K', '');
  expect(shown).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  expect(shown).toContain('name \\u{1b}[2Jof \\u{202e}group');
});

test('lines are not broken where nobody looks at a terminal', () => {
  const on = stream();
  displayOn(on).line('word '.repeat(100).trim());
  expect(on.written.trim().split('\n')).toHaveLength(1);
});
