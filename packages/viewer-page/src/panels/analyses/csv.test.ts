import { expect, it } from 'vitest';
import { parseCsv } from './csv.js';

it('reads quoted cells, doubled quotes, line breaks inside and either kind of line end', () => {
  expect(parseCsv('a,b\r\n"x, ""y""\nz",2\n,', 10)).toEqual({
    rows: [
      ['a', 'b'],
      ['x, "y"\nz', '2'],
      ['', ''],
    ],
    more: false,
  });
  expect(parseCsv('', 10).rows).toEqual([]);
});

it('stops after some rows, and says whether there are more', () => {
  expect(parseCsv('a\n1\n2\n', 2)).toEqual({ rows: [['a'], ['1']], more: true });
  expect(parseCsv('a\n1\n', 2)).toEqual({ rows: [['a'], ['1']], more: false });
});
