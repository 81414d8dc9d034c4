import { expect, test } from 'vitest';
import { frameRows, legendBelow } from './frame-rows.js';

const lines = [
  { name: 'boat', color: '#111111', values: [1, undefined, 3] },
  { name: 'a <sail>', color: '#222222', values: [4] },
];

test('a row is a frame, counted from 0, with an empty cell for what is not known of it', () => {
  expect(frameRows(lines, 3)).toMatchObject({
    columns: [{ name: 'frame' }, { name: 'boat' }, { name: 'a <sail>' }],
    rows: [
      [0, 1, 4],
      [1, null, null],
      [2, 3, null],
    ],
  });
});

test('several lines are named below the chart that is kept', () => {
  const chart = { text: '<path/>', width: 100, height: 50 };
  expect(legendBelow(chart, lines.slice(0, 1))).toEqual(chart);
  const { text, height } = legendBelow(chart, lines);
  expect(text).toContain('a &lt;sail&gt;');
  expect(height).toBe(94);
});
