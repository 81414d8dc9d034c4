import { expect, test } from 'vitest';
import { fileName } from './keep-file.js';
import { chartCsv, chartDocument, chartJson } from './saved-chart.js';

const data = {
  columns: [{ name: 'step' }, { name: 'PSNR', unit: 'dB' }],
  rows: [
    [1, 20.5],
    [2, Number.POSITIVE_INFINITY],
    ['a, "b"', null],
  ],
};

test('numbers are kept as CSV, with units', () => {
  expect(chartCsv(data)).toBe('step,PSNR [dB]\n1,20.5\n2,Infinity\n"a, ""b""",\n');
});

test('and as JSON, with what they are; infinity is no null', () => {
  const kept = JSON.parse(chartJson({ title: 'T', caption: 'C' }, data));
  expect(kept).toMatchObject({ title: 'T', caption: 'C' });
  expect(kept.rows).toEqual([
    { step: 1, PSNR: 20.5 },
    { step: 2, PSNR: 'Infinity' },
    { step: 'a, "b"', PSNR: null },
  ]);
});

test('a kept picture has its title above the drawing and its caption below, in lines that fit', () => {
  const colors = { surface: '#ffffff', ink: '#000000', muted: '#555555' };
  const caption = 'word '.repeat(60).trim();
  const { text, width, height } = chartDocument(
    { title: 'A <title>', caption },
    { text: '<circle r="3"/>', width: 500, height: 100 },
    colors,
  );
  expect(text).toContain('A &lt;title&gt;');
  expect(text).toContain('<svg x="20" y="50" width="500" height="100"><circle r="3"/></svg>');
  const lines = [...text.matchAll(/<text [^>]*y="(\d+)"[^>]*>([^<]*)</g)].slice(1);
  expect(lines.map(([, , line]) => line).join(' ')).toBe(caption);
  expect(lines.every(([, , line]) => line.length * 13 * 0.54 <= 500)).toBe(true);
  expect(Number(lines.at(-1)![1])).toBeLessThan(height);
  expect(width).toBe(540);
});

test('names of files are such as every system takes', () => {
  expect(fileName('../boat: 1/2 *"x"')).toBe('boat-1-2-x-');
  expect(fileName('größe.svg')).toBe('größe.svg');
});
