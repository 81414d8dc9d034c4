import { expect, test } from 'vitest';
import { claimsFigure } from '../src/claims/claims-figure.js';
import { claimsPart } from '../src/claims/claims-part.js';
import { claimsJson } from '../src/claims/claims-table.js';
import { measureClaims } from '../src/claims/measure-claims.js';
import { testClaims } from '../src/claims/test-claims.js';
import { claimRun } from './claim-runs.js';

const testedOf = (
  signals: number,
  variances: Readonly<Record<string, number>>,
  spreads?: Readonly<Record<string, number>>,
) =>
  testClaims(
    measureClaims(
      Array.from({ length: signals }, (_, i) => claimRun(`s${i}`, 0, { variances, ...(spreads && { spreads }) })),
      NO_MIXING,
    ),
  );

const NO_MIXING = { mixed: [], missing: new Map() };
const ALIKE = { grid: 0.1, rgb: 0.2, gabor: 0.2, instances: 0.2 };

interface Panel {
  readonly title: { readonly text: string };
  readonly layer: readonly {
    readonly mark: { readonly type: string };
    readonly data: { readonly values: readonly Record<string, unknown>[] };
    readonly encoding: { readonly x: { readonly scale: { readonly domain: readonly number[] } } };
  }[];
}
const panelsOf = (tested: ReturnType<typeof testedOf>) =>
  (claimsFigure(tested)!.spec as { vconcat: readonly Panel[] }).vconcat;

test('the figure has a panel for each claim that is measured, with its bound, signals, mean and interval', () => {
  const panels = panelsOf(testedOf(5, ALIKE));
  expect(panels.map(({ title }) => title.text)).toEqual([
    'Space varies least',
    'RGB like instances',
    'Gabor like instances',
  ]);
  const [bound, signals, intervals, means] = panels[1].layer.map(({ data }) => data.values);
  expect(bound).toEqual([{ bound: 1.25 }]);
  expect(signals).toHaveLength(5);
  expect(signals[0]).toEqual({ row: 'ffn, as published', signal: 's0', factor: 1 });
  expect(intervals).toEqual([{ row: 'ffn, as published', low: 1, high: 1 }]);
  expect(means).toEqual([{ row: 'ffn, as published', factor: 1 }]);
  expect(claimsFigure(testedOf(0, ALIKE))).toBeUndefined();
});

test('a panel has a row as published and one with as many groups each, and Holm’s correction is for both', () => {
  const tested = testedOf(5, ALIKE, { grid: 0.2, rgb: 0.1 });
  const [, , , means] = panelsOf(tested)[0].layer.map(({ data }) => data.values);
  expect(means).toEqual([
    { row: 'ffn, as published', factor: 2 },
    { row: 'ffn, with as many groups each', factor: 0.25 },
  ]);
  expect(claimsPart(tested, []).text[2]).toContain('no p of these 4 tests');
});

test('all panels have one axis; what is beyond 1,024 lies at its end, and no interval is drawn of few signals', () => {
  const panels = panelsOf(testedOf(2, { grid: 1e-9, rgb: 0.2 }));
  const domains = panels.flatMap(({ layer }) => layer.map(({ encoding }) => encoding.x.scale.domain));
  expect(new Set(domains.map(String))).toEqual(new Set(['0.5,1024']));
  const [, signals, intervals] = panels[0].layer.map(({ data }) => data.values);
  expect(signals[0]).toMatchObject({ factor: 1024 });
  expect(intervals).toEqual([]);
});

test('of many signals dots are drawn at even ranks, and the caption says so', () => {
  const runs = Array.from({ length: 150 }, (_, i) => claimRun(`s${i}`, 0, { pixels: 100 * 2 ** (i / 50) }));
  const figure = claimsFigure(testClaims(measureClaims(runs, NO_MIXING)))!;
  const [, dots] = (figure.spec as { vconcat: readonly Panel[] }).vconcat[0].layer.map(({ data }) => data.values);
  expect(dots).toHaveLength(100);
  expect([dots[0], dots[99]]).toMatchObject([{ signal: 's0' }, { signal: 's149' }]);
  expect(figure.caption).toContain('of more than 100 signals, so many at even ranks');
});

test('the report says what so many signals can show', () => {
  const textOf = (signals: number) => claimsPart(testedOf(signals, ALIKE), []).text[2];
  expect(textOf(4)).toContain('No claim is measured of 5 signals or more: from fewer no p and no interval is given');
  // Three tests, two of them of likeness: 3 ÷ 2⁵.
  expect(textOf(5)).toBe(
    'Of 5 signals no p of these 3 tests can be below 0.094 after Holm’s correction, even where a claim holds in all of them: nothing is shown at the level of 0.05 by fewer than 6 signals. Until then the counts, factors and intervals are what there is.',
  );
  expect(textOf(6)).toBe('Holm’s correction is for 3 tests: every row that has a p.');
  // 3 ÷ 2⁶ of likeness; of the other claim 2 ÷ 2⁶, which is no less than that.
  expect(testedOf(6, ALIKE).flatMap(({ corrected }) => corrected ?? [])).toEqual([3 / 64, 3 / 64, 3 / 64]);
});

test('runs that cannot be read are named', () => {
  expect(claimsPart([], ['bear-ffn-s0 (there is no model)']).text.at(-1)).toBe(
    'Not read: bear-ffn-s0 (there is no model).',
  );
});

test('claims.json has every signal and seed, and no number where there is none', () => {
  const { claims } = claimsJson(testedOf(4, { grid: 0.1, rgb: 0.2 }));
  expect(claims[0]).toMatchObject({
    claim: 'space-least',
    holds: 4,
    factor: 2,
    interval: null,
    p: null,
    verdict: 'few',
  });
  expect(claims[0].signals[0]).toEqual({ signal: 's0', factor: 2, seeds: [2] });
  expect(claims[0]).toMatchObject({ groups: 'published', reach: null });
  expect(claims[1]).toMatchObject({ claim: 'space-least', groups: 'equal', factor: null, verdict: 'untested' });
  expect(claims[2]).toMatchObject({ claim: 'rgb-like-instances', factor: null, verdict: 'untested', signals: [] });
  expect(claims.find(({ claim }) => claim === 'many-pixels')).toMatchObject({ groups: null });
});
