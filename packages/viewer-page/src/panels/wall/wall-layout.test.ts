import { describe, expect, test } from 'vitest';
import { captionHeight, GAP, layOutWall, visibleCells } from './wall-layout.js';

describe('a wall', () => {
  test('has as many columns as fit, which fill its width', () => {
    const { columns, cellWidth, rows, rowHeight } = layOutWall(100, 1000, 96, 2, 16);
    expect(columns).toBe(9);
    expect(columns * (cellWidth + GAP) - GAP).toBeCloseTo(1000);
    expect(rows).toBe(12);
    expect(rowHeight).toBe(Math.round(cellWidth / 2) + 16 + GAP);
  });

  test('has one column where it is narrower than a cell', () => {
    expect(layOutWall(3, 40, 96, 1, 16)).toMatchObject({ columns: 1, rows: 3, cellWidth: 40 });
  });

  test('makes the cells on screen alone, and a row before and after', () => {
    const layout = layOutWall(18_352, 1000, 96, 2, 16);
    const { first, end } = visibleCells(layout, 18_352, 10 * layout.rowHeight, 3 * layout.rowHeight);
    expect(first).toBe(9 * layout.columns);
    expect(end).toBe(14 * layout.columns);
  });

  test('has no cells past its end', () => {
    const layout = layOutWall(10, 1000, 96, 2, 16);
    expect(visibleCells(layout, 10, 1e6, 300)).toEqual({ first: 10, end: 10 });
    expect(visibleCells(layout, 10, 0, 300)).toEqual({ first: 0, end: 10 });
  });

  test('has room for larger letters under its cells', () => {
    expect([13, 16, 20].map(captionHeight)).toEqual([16, 20, 25]);
    const [small, large] = [16, 25].map((caption) => layOutWall(100, 1000, 96, 2, caption).rowHeight);
    expect(large - small).toBe(9);
  });
});
