import { expect, test } from 'vitest';
import { formatCsv } from './csv.js';

test('cells that hold commas, quotes or lines are quoted, and nothing is an empty cell', () => {
  const columns = [
    { name: 'layer', description: '' },
    { name: 'psnr', unit: 'dB', description: '' },
  ];
  const rows = [
    ['a, "b"', 31.5],
    ['two\nlines', null],
  ];
  expect(formatCsv({ columns, rows })).toBe('layer,psnr [dB]\n"a, ""b""",31.5\n"two\nlines",\n');
});
