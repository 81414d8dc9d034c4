import { describe, expect, test } from 'vitest';
import { claimsFigure } from '../src/claims/claims-figure.js';
import { claimsPart, claimsSummary } from '../src/claims/claims-part.js';
import { claimsJson, claimsTable } from '../src/claims/claims-table.js';
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
  expect(claimsSummary(tested).text[0]).toContain('p of these 4 tests cannot');
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

describe('the report says what so many signals can show', () => {
  const textOf = (tested: ReturnType<typeof testedOf>) => claimsSummary(tested).text[0];

  test('of few tests: three, two of them of likeness', () => {
    expect(textOf(testedOf(4, ALIKE))).toContain(
      'No claim is measured of 5 signals or more: from fewer, neither p nor interval is given',
    );
    // 3 ÷ 2⁵.
    expect(textOf(testedOf(5, ALIKE))).toBe(
      'With 5 signals no claim can be shown: p of these 3 tests cannot be below 0.094 after Holm’s correction, even if every claim held in all of them. It takes at least 6 signals in every test to show a claim at p < 0.05. With fewer, read in how many signals a claim holds, its factor and the interval.',
    );
    expect(textOf(testedOf(6, ALIKE))).toBe('Holm’s correction is for 3 tests: all that have a p.');
    // 3 ÷ 2⁶ of likeness; of the other claim 2 ÷ 2⁶, which is no less than that.
    expect(testedOf(6, ALIKE).flatMap(({ corrected }) => corrected ?? [])).toEqual([3 / 64, 3 / 64, 3 / 64]);
  });

  /** FFN and NeRV with labels and seeds, all claims holding everywhere: 22 tests, 8 of them of likeness. */
  const wholeOf = (signals: number) => {
    const variances = { grid: 0.1, rgb: 0.2, gabor: 0.2, instances: 0.2 };
    const deciles = [2, 2, 2, 4].map((ratio) => [20, 20 * ratio] as const);
    const names = Array.from({ length: signals }, (_, i) => `s${i}`);
    const runs = names.flatMap((name) => [
      claimRun(name, 0, { variances, spreads: variances, deciles, pixels: 500 }),
      claimRun(
        name,
        0,
        { variances: { ...variances, grid: 0.15 }, spreads: { ...variances, grid: 0.15 }, deciles, pixels: 500 },
        { name: 'nerv', sampling: 'frames' },
      ),
    ]);
    const mixed = names.flatMap((signal) =>
      ['ffn', 'nerv'].map((network) => ({ signal, network, layer: 'layer1', observed: 0.5, expected: 0.5 })),
    );
    return testClaims(measureClaims(runs, { mixed, missing: new Map() }));
  };

  test('of 22 tests likeness takes nine signals, any other claim ten, as these tests then show', () => {
    const needed =
      'It takes at least 9 signals in every test to show at p < 0.05 that two things are alike, and 10 to show any other claim.';
    const [eight, nine, ten] = [8, 9, 10].map(wholeOf);
    expect(textOf(eight)).toContain(
      `With 8 signals no claim can be shown: p of these 22 tests cannot be below 0.086 after`,
    );
    expect(textOf(eight)).toContain(needed);
    expect(textOf(nine)).toContain(
      `With 9 signals 14 of these 22 tests cannot show a claim: their p cannot be below 0.05 after`,
    );
    expect(textOf(nine)).toContain(needed);
    expect(textOf(ten)).toBe('Holm’s correction is for 22 tests: all that have a p.');
    const shown = [eight, nine, ten].map((tested) => {
      const held = tested.filter(({ verdict }) => verdict === 'holds');
      const alike = held.filter(({ claim }) => claim.below !== undefined).length;
      return { alike, other: held.length - alike };
    });
    expect(shown).toEqual([
      { alike: 0, other: 0 },
      { alike: 8, other: 0 },
      { alike: 8, other: 14 },
    ]);
  });

  test('where rows have unlike numbers of signals, these are told', () => {
    const tested = testClaims(
      measureClaims(
        Array.from({ length: 7 }, (_, i) =>
          claimRun(`s${i}`, 0, { variances: i < 2 ? { grid: 0.1, rgb: 0.2 } : ALIKE }),
        ),
        NO_MIXING,
      ),
    );
    expect(textOf(tested)).toMatch(
      /^With 5 to 7 signals 2 of these 3 tests cannot show a claim: their p cannot be below 0.05 after/,
    );
  });
});

test('the summary has a row for each claim and network, both kinds of groups side by side, and the part what each factor is', () => {
  const tested = testedOf(5, ALIKE, { grid: 0.2, rgb: 0.1 });
  const [{ table, file, open }] = claimsSummary(tested).tables;
  expect([file, open]).toEqual(['', true]);
  expect(table.rows.slice(0, 2)).toEqual([
    ['Space varies least', 'ffn', '> 1', '5 of 5, 2 (2 to 2)', '0 of 5, 0.25 (0.25 to 0.25)', 'not shown'],
    ['RGB like instances', 'ffn', '< 1.25', '5 of 5, 1 (1 to 1)', null, 'not shown; not tested'],
  ]);
  const [point] = claimsPart(tested, []).points!;
  expect(point.title).toBe('Space varies least');
  expect(point.text).toMatch(/^Factor, > 1 where it holds: least variance over .* \(section 7\.2 of/);
  expect(point.sentences.map(([about]) => about)).toEqual(['ffn, as published', 'ffn, with as many groups each']);
});

test('no claim is untested without a reason', () => {
  const sentences = claimsJson(testedOf(0, ALIKE)).claims.concat(claimsJson(testedOf(2, ALIKE)).claims);
  const untested = sentences.filter(({ verdict }) => verdict === 'untested').map(({ sentence }) => sentence);
  expect(untested).toContain('Not tested: no signal has a value.');
  for (const sentence of untested) expect(sentence).toMatch(/^Not tested: \w.*\.$/);
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
  expect(claims[0]).toMatchObject({ groups: 'published', factorLowBound: null, factorHighBound: null });
  expect(claims[1]).toMatchObject({ claim: 'space-least', groups: 'equal', factor: null, verdict: 'untested' });
  expect(claims[2]).toMatchObject({ claim: 'rgb-like-instances', factor: null, verdict: 'untested', signals: [] });
  expect(claims.find(({ claim }) => claim === 'many-pixels')).toMatchObject({ groups: null });
});

test('where groups were merged, all tables of the claims say between what the mean factor is', () => {
  const spreads = { grid: [0.1, 0.2], rgb: 0.4 } as const;
  const runs = [claimRun('bear', 0, { variances: { grid: 0.1, rgb: 0.2 }, spreads })];
  const tested = testClaims(measureClaims(runs, NO_MIXING));
  expect(claimsJson(tested).claims[1]).toMatchObject({
    factorLowBound: expect.closeTo(4, 12),
    factorHighBound: expect.closeTo(16, 12),
  });
  const { columns, rows } = claimsTable(tested);
  const bounds = ['factor_low_bound', 'factor_high_bound'].map((name) =>
    columns.findIndex((column) => column.name === name),
  );
  expect(bounds.map((at) => rows[1][at])).toEqual([expect.closeTo(4, 12), expect.closeTo(16, 12)]);
  expect(claimsSummary(tested).tables[0].table.rows[0][4]).toBe('1 of 1, 4 to 16');
});
