import { describe, expect, test } from 'vitest';
import { chartDoubt, chartExcess } from './chart-limits.js';

const rows = (count: number) => Array.from({ length: count }, (_, a) => ({ a, b: `${a}` }));
const x = (field: string, more: object = {}) => ({ x: { field, type: 'quantitative', ...more } });
const chart = (more: object) => ({ data: { values: rows(10) }, mark: 'point', encoding: x('a'), ...more });

describe('a chart that a page draws', () => {
  test.each<[string, object]>([
    ['plain', {}],
    ['with expressions of constant time', { transform: [{ calculate: 'abs(datum.a) + max(1, datum.a)', as: 'c' }] }],
    ['with dashes', { mark: { type: 'line', strokeDash: [4, 2] } }],
    ['with many rows', { data: { values: rows(50_000) } }],
    ['with panels', { encoding: { ...x('a'), row: { field: 'b', type: 'nominal' } } }],
    ['whose words look like calls of other functions', { title: 'Map of (contributions)' }],
    ['whose data are in a file', { data: { url: 'table.csv' } }],
  ])('is %s', (_, more) => {
    expect(chartDoubt(chart(more))).toBeUndefined();
  });

  test.each<[string, object, string]>([
    ['a sequence', { data: { sequence: { start: 0, stop: 1e9 } } }, 'a sequence of more than 100,000 values'],
    ['an expression that makes one', { transform: [{ calculate: 'sequence(1e9)', as: 'c' }] }, 'call sequence'],
    ['one with a space', { transform: [{ filter: 'length(pad ("", 1e9))' }] }, 'call pad'],
    ['one deep inside', { params: [{ name: 'p', expr: 'regexp("(a+)+$")' }] }, 'call regexp'],
    [
      'one where none is expected',
      { mark: { type: 'point', tooltip: { unknown: "test(/(a+)+$/, 'a')" } } },
      'call test',
    ],
    [
      'one in a condition',
      { encoding: { color: { condition: { test: 'replace(datum.b, "a", "b")', value: 1 } } } },
      'replace',
    ],
    ['a transform that makes rows', { transform: [{ density: 'a', steps: 9 }] }, 'density'],
    ['one that pairs rows', { transform: [{ window: [{ op: 'sum', field: 'a' }], frame: [null, null] }] }, 'window'],
    ['one that fills gaps', { transform: [{ impute: 'a', key: 'b', keyvals: { start: 0, stop: 1e9 } }] }, 'impute'],
    ['as many panels as rows', { data: { values: rows(5000) }, facet: { field: 'a' }, spec: {} }, '5,000 panels'],
    [
      'panels of panels',
      { repeat: { row: [...'abcdefghijklmnop'], column: [...'abcdefghijklmnop'] }, spec: {} },
      '256 panels',
    ],
    ['panels of a file', { data: { url: 'a.csv' }, facet: { field: 'a' }, spec: {} }, 'in another file'],
    ['tiny bins', { encoding: x('a', { bin: { step: 1e-9 } }) }, 'bin is set by step'],
    [
      'tiny ticks',
      { encoding: x('a', { axis: { tickCount: { interval: 'millisecond' } } }) },
      'tickCount is set by interval',
    ],
    ['a wide number format', { encoding: x('a', { axis: { format: '1000000000d' } }) }, 'number format'],
    [
      'many categories',
      { data: { values: rows(5000) }, encoding: { x: { field: 'b', type: 'nominal' } } },
      "field 'b'",
    ],
    ['too many rows', { data: { values: rows(300_000) } }, '300,000 rows'],
    ['dashes without length', { mark: { type: 'line', strokeDash: [1e-9, 1e-9] } }, 'dashes of almost no length'],
    ['a graticule', { data: { graticule: { step: [1e-4, 1e-4] } } }, 'graticule'],
    ['a text as data', { data: { values: 'a\n1' } }, 'no list of rows'],
    ['a huge extent', { height: -1e9 }, 'height -1000000000'],
  ])('has not %s', (_, more, why) => {
    expect(chartDoubt(chart(more))).toContain(why);
  });

  test('that takes long to look at, however long its words are', () => {
    const begun = performance.now();
    const word = 'a'.repeat(1e6);
    expect(chartDoubt(chart({ transform: [{ filter: word }] }))).toBeUndefined();
    expect(chartDoubt(chart({ transform: [{ filter: `${word} + sequence(9)` }] }))).toContain('call sequence');
    expect(chartDoubt(chart({ transform: [{ filter: `${word}(9)` }] }))).toContain('call aaa');
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  test('is nested as deep as a chart is, and of as many parts', () => {
    const deep = JSON.parse(`${'{"layer":['.repeat(100_000)}1${']}'.repeat(100_000)}`);
    expect(chartExcess(deep)).toBe('it is nested deeper than 60 levels');
    expect(chartExcess(chart({ layer: Array.from({ length: 300_000 }, () => 1) }))).toContain(
      'more than 200,000 parts',
    );
    expect(chartExcess(chart({ data: { values: rows(300_000) } }))).toBeUndefined();
  });
});
