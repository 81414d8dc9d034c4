import { expect, test } from 'vitest';
import type { ClaimRun, Row } from '../src/claims/claim-runs.js';
import { claimsTable } from '../src/claims/claims-table.js';
import { measureClaims } from '../src/claims/measure-claims.js';
import type { SeedMixing } from '../src/claims/seeds-share-types.js';
import { sentenceOf } from '../src/claims/sentence.js';
import { type TestedClaim, testClaims } from '../src/claims/test-claims.js';
import { claimRun } from './claim-runs.js';

const NERV = { name: 'nerv', sampling: 'frames' } as const;
const NO_MIXING = { mixed: [], missing: new Map() };
const signals = (count: number) => Array.from({ length: count }, (_, i) => `s${i}`);

function tested(runs: readonly ClaimRun[], mixed: readonly SeedMixing[] = []) {
  const all = testClaims(
    measureClaims(runs, {
      mixed,
      missing: new Map([['ffn', mixed.length > 0 ? [] : ['bear ffn layer1 (of one seed only)']]]),
    }),
  );
  return (name: string, network = 'ffn', groups: TestedClaim['groups'] = 'published'): TestedClaim =>
    all.find((one) => one.claim.name === name && one.network === network && (one.groups ?? groups) === groups)!;
}

test('a claim that holds in every signal is shown by twelve, and by six is not, whatever the factor', () => {
  const deciles = [1, 1, 1, 2].map((i) => [20, 40 * i] as const);
  const runs = (count: number) =>
    signals(count).flatMap((signal, i) =>
      [0, 1].map((seed) => {
        const variances = { grid: 0.01, rgb: 0.04 + 0.01 * i, gabor: 0.08, instances: 0.3 };
        return claimRun(signal, seed, { variances, deciles, pixels: 200 });
      }),
    );
  // Six claims are tested; all hold but the likeness of RGB and Gabor clusters to instances.
  const twelve = tested(runs(12))('space-least');
  expect(twelve).toMatchObject({ holds: 12, ties: 0, p: 2 * 2 ** -12, corrected: 6 * 2 * 2 ** -12, verdict: 'holds' });
  expect(sentenceOf(twelve)).toMatch(
    /^In 12 of 12 signals contributions vary less over space .* It is shown: p = 0.00293 after Holm’s correction.$/,
  );
  // The least: 4 · 2 ÷ 2⁶, if those of likeness had theirs, which is half of that.
  const six = tested(runs(6))('space-least');
  expect(six).toMatchObject({ holds: 6, p: 2 ** -5, corrected: 6 * 2 ** -5, least: 4 * 2 ** -5, verdict: 'open' });
  expect(sentenceOf(six)).toMatch(
    /6 signals cannot show it: p = 0.188 after Holm’s correction, and cannot be below 0.125.$/,
  );
  // Least of the others ÷ space: 4, 5, 6, 7, 8 and 8.
  expect(six.factor).toBeCloseTo((4 * 5 * 6 * 7 * 8 * 8) ** (1 / 6), 12);
  expect(six.interval!.low).toBeGreaterThan(4);
  expect(six.interval!.high).toBeLessThan(8);
});

test('what holds nowhere is shown to be the opposite, of enough signals', () => {
  const runs = signals(12).map((signal) => claimRun(signal, 0, { variances: { grid: 0.4, rgb: 0.1, instances: 0.2 } }));
  const claim = tested(runs)('space-least');
  expect(claim).toMatchObject({ holds: 0, factor: expect.closeTo(0.25, 12), verdict: 'opposite' });
  expect(sentenceOf(claim)).toContain('The opposite is shown: p = ');
});

test('ties are counted, and are no evidence', () => {
  const runs = signals(6).map((signal) => claimRun(signal, 0, { variances: { grid: 0.2, rgb: 0.2, gabor: 0.2 } }));
  const claim = tested(runs)('space-least');
  expect(claim).toMatchObject({ holds: 0, ties: 6, factor: 1, p: 1, verdict: 'open' });
  expect(sentenceOf(claim)).toContain('; 6 are ties. The geometric mean of the factor is 1 (95 % interval 1 to 1).');
});

test('seeds of one signal are no further evidence', () => {
  const runs = (seeds: number) =>
    signals(6).flatMap((signal) =>
      Array.from({ length: seeds }, (_, seed) => claimRun(signal, seed, { variances: { grid: 0.1, rgb: 0.2 } })),
    );
  expect(tested(runs(20))('space-least').p).toBe(tested(runs(1))('space-least').p);
  const halves = signals(6).flatMap((signal) =>
    [0.1, 0.4].map((grid, seed) => claimRun(signal, seed, { variances: { grid, rgb: 0.2 } })),
  );
  expect(tested(halves)('space-least').signals[0]).toEqual({ signal: 's0', factor: 1, seeds: [2, 0.5] });
});

test('likeness is shown only where variances are within the margin, and not by the lack of a difference', () => {
  const runs = (ratios: readonly number[]) =>
    ratios.map((ratio, i) =>
      claimRun(`s${i}`, 0, { variances: { grid: 0.01, rgb: 0.2 * ratio, gabor: 0.2, instances: 0.2 } }),
    );
  const alike = [1.05, 0.97, 1.1, 0.93, 1.02, 1.04, 0.95, 0.99, 1.01, 1.06];
  expect(tested(runs(alike))('rgb-like-instances')).toMatchObject({ holds: 10, p: 2 ** -10, verdict: 'holds' });
  // As many above as below: no difference on average, and no likeness.
  const wide = alike.map((_, i) => (i % 2 === 0 ? 3 + i / 10 : 1 / (3 + i / 10)));
  expect(tested(runs(wide))('rgb-like-instances')).toMatchObject({ holds: 0, verdict: 'open' });
  const larger = alike.map((ratio) => 2 * ratio);
  expect(tested(runs(larger))('rgb-like-instances')).toMatchObject({ holds: 0, p: 1, verdict: 'open' });
});

test('layers, frames and seeds that vary more over clusters do not make up for those that vary more over instances', () => {
  const instances = 0.2;
  const [less, more] = [instances / 4, instances * 4];
  const layers = signals(12).map((signal) =>
    claimRun(signal, 0, { variances: { grid: 0.01, rgb: [less, more, less, more], instances } }),
  );
  const ofLayers = tested(layers)('rgb-like-instances');
  expect(ofLayers).toMatchObject({ holds: 0, factor: expect.closeTo(4, 12), p: 1, verdict: 'open' });
  expect(sentenceOf(ofLayers)).toMatch(/^In 0 of 12 signals contributions of a layer vary over rgb as much as /);
  const seeds = signals(12).flatMap((signal) =>
    [less, more].map((rgb, seed) => claimRun(signal, seed, { variances: { rgb, instances } })),
  );
  expect(tested(seeds)('rgb-like-instances')).toMatchObject({ holds: 0, factor: expect.closeTo(4, 12), p: 1 });
  const frames = seeds
    .filter(({ id }) => id.endsWith('s0'))
    .map((run, i): ClaimRun => {
      const [first, second] = [run, seeds[2 * i + 1]].map(({ tables }) => tables['grouping-variance']);
      if (typeof first === 'string' || typeof second === 'string') throw new Error('rows are expected');
      const rows = [...first, ...second.map((row) => ({ ...row, frame: 1 }))];
      return { ...run, tables: { ...run.tables, 'grouping-variance': rows } };
    });
  expect(tested(frames)('rgb-like-instances')).toMatchObject({ holds: 0, factor: expect.closeTo(4, 12), p: 1 });
});

test('what groups merged leave open is no likeness: the larger of both distances must be within the margin', () => {
  const variances = { grid: 0.01, rgb: 0.2, instances: 0.2 };
  const runs = (rgb: readonly [number, number]) =>
    signals(12).map((signal) => claimRun(signal, 0, { variances, spreads: { grid: 0.1, rgb, instances: 0.2 } }));
  // From 0.8² to 1.25², with 1 between them.
  const open = tested(runs([0.16, 0.25]))('rgb-like-instances', 'ffn', 'equal');
  expect(open).toMatchObject({ factor: expect.closeTo(1, 12), holds: 0, ties: 12, p: 1, verdict: 'open' });
  expect(open.reach).toEqual({ low: 1, high: expect.closeTo(1.5625, 12) });
  const alike = tested(runs([0.19, 0.21]))('rgb-like-instances', 'ffn', 'equal');
  expect(alike).toMatchObject({ holds: 12, p: 2 ** -12, verdict: 'holds' });
});

test('groupings merged from unlike numbers of groups may lie at unlike ends of their bounds, and are no likeness for equal bounds', () => {
  const variances = { grid: 0.01, rgb: 0.2, instances: 0.2 };
  const spreads = { grid: 0.1, rgb: [0.3, 0.6], instances: [0.3, 0.6] } as const;
  const runs = (instances: number) =>
    signals(12).map((signal) => claimRun(signal, 0, { variances, spreads, groups: { rgb: 32, instances } }));
  const unlike = tested(runs(16))('rgb-like-instances', 'ffn', 'equal');
  expect(unlike).toMatchObject({ factor: 1, holds: 0, ties: 12, p: 1, verdict: 'open' });
  expect(unlike.reach).toEqual({ low: 1, high: expect.closeTo(4, 12) });
  const alike = tested(runs(32))('rgb-like-instances', 'ffn', 'equal');
  expect(alike).toMatchObject({ holds: 12, p: 2 ** -12, reach: { low: 1, high: 1 }, verdict: 'holds' });
});

test('space and what is held against it are held at unlike bounds where they were merged from unlike numbers of groups', () => {
  const variances = { grid: 0.01, rgb: 0.04 };
  const spreads = { grid: [0.1, 0.25], rgb: [0.2, 0.5] } as const;
  const of = (rgb: number) =>
    tested(signals(12).map((signal) => claimRun(signal, 0, { variances, spreads, groups: { rgb } })));
  const unlike = of(16)('space-least', 'ffn', 'equal');
  expect(unlike).toMatchObject({ factor: expect.closeTo(4, 12), holds: 0, ties: 12, p: 1, verdict: 'open' });
  expect(unlike.reach).toEqual({ low: expect.closeTo(0.64, 12), high: expect.closeTo(25, 12) });
  const alike = of(32)('space-least', 'ffn', 'equal');
  expect(alike).toMatchObject({ holds: 12, p: 2 ** -11, verdict: 'holds' });
  expect(alike.reach).toEqual({ low: expect.closeTo(4, 12), high: expect.closeTo(4, 12) });
});

test('for the greatest that the factor of space can be every grouping held against it is at its own greatest', () => {
  const variances = { grid: 0.01, rgb: 0.04, instances: 0.04 };
  // rgb is merged as grid is, and 1/8 to 8 times grid; instances are 1/16 to 1 times grid.
  const spreads = { grid: [1, 4], rgb: [Math.sqrt(1 / 8), 4 * Math.sqrt(8)], instances: 1 } as const;
  const runs = signals(5).map((signal) => claimRun(signal, 0, { variances, spreads }));
  expect(tested(runs)('space-least', 'ffn', 'equal')).toMatchObject({
    factor: expect.closeTo(1 / 4, 12),
    reach: { low: expect.closeTo(1 / 16, 12), high: expect.closeTo(1, 12) },
  });
});

test('a middle layer where space varies more is weaker than a network of pixels, by what both were compared by', () => {
  const runs = signals(5).flatMap((signal) => [
    claimRun(signal, 0, { variances: { grid: 0.1, rgb: 0.4, instances: 0.2 } }),
    // The first and last layer do not count; nor do instances, of which the other has none.
    claimRun(signal, 0, { variances: { grid: [0.001, 0.2, 0.4, 0.001], rgb: 0.4 } }, NERV),
  ]);
  expect(tested(runs)('weaker-in-middle', 'ffn : nerv')).toMatchObject({
    holds: 5,
    // 4 in every layer of the one; √(2 · 1) in the middle layers of the other.
    factor: expect.closeTo(4 / Math.SQRT2, 12),
  });
});

test('a trend that is not there is not weaker: signals are left out where space does not vary least in the network of pixels', () => {
  const none = (signal: string) => [
    claimRun(signal, 0, { variances: { grid: 0.4, rgb: 0.2 } }),
    claimRun(signal, 0, { variances: { grid: 1.6, rgb: 0.2 } }, NERV),
  ];
  // 0.5 ÷ 0.125 would be 4.
  const untested = tested(signals(12).flatMap(none))('weaker-in-middle', 'ffn : nerv');
  expect(untested).toMatchObject({ signals: [], verdict: 'untested' });
  expect(sentenceOf(untested)).toBe(
    'Not tested: s0: space does not vary least in ffn (factor 0.5); s1: space does not vary least in ffn (factor 0.5); s2: space does not vary least in ffn (factor 0.5); and 9 more.',
  );
  const there = signals(12).flatMap((signal, i) =>
    i < 4
      ? none(signal)
      : [
          claimRun(signal, 0, { variances: { grid: 0.1, rgb: 0.4 } }),
          claimRun(signal, 0, { variances: { grid: 0.4, rgb: 0.2 } }, NERV),
        ],
  );
  const some = tested(there)('weaker-in-middle', 'ffn : nerv');
  // No less than the p of the trend in ffn over all twelve.
  expect(some).toMatchObject({ holds: 8, factor: expect.closeTo(8, 12), p: 48 * 2 ** -12 });
  expect(some.leftOut).toHaveLength(4);
  expect(sentenceOf(some)).toMatch(
    /^In 8 of 8 signals in which space varies least in ffn, this trend is weaker in the middle layers of nerv, as published\. .* Left out, without this trend in ffn: 4 signals\.$/,
  );
  expect(tested(there.slice(0, 16))('weaker-in-middle', 'ffn : nerv')).toMatchObject({ p: undefined, verdict: 'few' });
});

test('signals chosen for their trend show nothing by that: the trend has to be shown over all of them', () => {
  // Above 1 in half of the signals, below in the others; 1 in the middle layers of nerv, as it is in ffn on average.
  const runs = signals(24).flatMap((signal, i) => {
    const factor = 2 + i / 10;
    return [
      claimRun(signal, 0, { variances: { grid: 0.1, rgb: 0.1 * (i % 2 ? factor : 1 / factor) } }),
      claimRun(signal, 0, { variances: { grid: 0.1, rgb: 0.1 } }, NERV),
    ];
  });
  const claim = tested(runs)('weaker-in-middle', 'ffn : nerv');
  expect(claim).toMatchObject({ holds: 12, verdict: 'open' });
  expect(claim.signals).toHaveLength(12);
  expect(claim.p).toBeGreaterThan(0.5);
});

test('a trend that groups merged leave open is none: all measures are of the signals where it is sure', () => {
  const variances = { grid: 0.1, rgb: 0.4 };
  const runs = signals(6).flatMap((signal, i) => [
    claimRun(signal, 0, { variances, spreads: { grid: [0.1, i === 0 ? 0.25 : 0.1], rgb: 0.2 } }),
    claimRun(signal, 0, { variances, spreads: { grid: 0.1, rgb: 0.1 } }, NERV),
  ]);
  const of = tested(runs);
  const equal = of('weaker-in-middle', 'ffn : nerv', 'equal');
  expect(equal.signals.map(({ signal }) => signal)).toEqual(['s1', 's2', 's3', 's4', 's5']);
  expect(equal).toMatchObject({ holds: 5, factor: expect.closeTo(4, 12) });
  expect(equal.reach).toEqual({ low: expect.closeTo(4, 12), high: expect.closeTo(4, 12) });
  expect(equal.leftOut).toContain('s0: space may or may not vary least in ffn (factor 0.64 to 4)');
  expect(of('weaker-in-middle', 'ffn : nerv').signals).toHaveLength(6);
});

test('a trend is sure only where it is at unlike bounds of what was merged from unlike numbers of groups, too', () => {
  const variances = { grid: 0.1, rgb: 0.4 };
  const spreads = { grid: [0.1, 0.25], rgb: [0.2, 0.5] } as const;
  const runs = signals(6).flatMap((signal, i) => [
    claimRun(signal, 0, { variances, spreads, groups: { rgb: i === 0 ? 16 : 32 } }),
    claimRun(signal, 0, { variances, spreads: { grid: 0.1, rgb: 0.1 } }, NERV),
  ]);
  const equal = tested(runs)('weaker-in-middle', 'ffn : nerv', 'equal');
  expect(equal.signals.map(({ signal }) => signal)).toEqual(['s1', 's2', 's3', 's4', 's5']);
  expect(equal.leftOut).toContain('s0: space may or may not vary least in ffn (factor 0.64 to 25)');
});

test('two networks are held against each other at the same bounds of a grouping where both merged as many groups of it', () => {
  const variances = { grid: 0.1, rgb: 0.4 };
  // Trends of 16 to 256 in ffn, where rgb has 16 groups to merge and grid 32.
  const spreads = { grid: [0.1, 0.2], rgb: [0.8, 1.6] } as const;
  const of = (rgb: number, ofNerv: Record<string, number | readonly [number, number]>) =>
    tested(
      signals(5).flatMap((signal) => [
        claimRun(signal, 0, { variances, spreads, groups: { rgb: 16 } }),
        claimRun(signal, 0, { variances, spreads: ofNerv, groups: { rgb } }, NERV),
      ]),
    )('weaker-in-middle', 'ffn : nerv', 'equal').reach;
  const about = (low: number, high: number) => ({ low: expect.closeTo(low, 9), high: expect.closeTo(high, 9) });
  expect(of(16, spreads)).toEqual(about(1, 1));
  // 64 ÷ 64 with both groupings at their least, 64 ÷ 4 with both at their most; unlike bounds give what is between.
  expect(of(16, { grid: [0.1, 0.4], rgb: [0.8, 0.801] })).toEqual(about(1, 64 / (0.801 / 0.4) ** 2));
  expect(of(24, spreads)).toEqual(about(16 / 256, 256 / 16));
});

test('shares of neurons and pixels are held against a tenth', () => {
  const runs = signals(5).map((signal) =>
    claimRun(signal, 0, {
      deciles: [
        [40, 50],
        [40, 50],
        [10, 20],
        [40, 50],
      ],
      pixels: 50,
    }),
  );
  expect(tested(runs)('many-neurons')).toMatchObject({ holds: 5, factor: expect.closeTo(4 ** 0.75, 12) });
  expect(tested(runs)('many-pixels')).toMatchObject({ holds: 0, factor: expect.closeTo(0.5, 12) });
});

test('the last layer is held against the mean of the others', () => {
  const deciles = [
    [9.5, 19.5],
    [9.5, 19.5],
    [9.5, 19.5],
    [0, 7.5],
  ] as const;
  const runs = signals(5).map((signal) => claimRun(signal, 0, { deciles }));
  expect(tested(runs)('last-contrasts')).toMatchObject({ holds: 5, factor: expect.closeTo(8, 12) });
});

test('seeds share types where neighbours of other seeds are nearly as many as by chance', () => {
  const runs = signals(5).map((signal) => claimRun(signal, 0, {}));
  const mixings = (observed: number) =>
    signals(5).flatMap((signal) =>
      ['layer1', 'layer2'].map((layer) => ({ signal, network: 'ffn', layer, observed, expected: 0.5 })),
    );
  expect(tested(runs, mixings(0.48))('shared-types')).toMatchObject({ holds: 5, factor: expect.closeTo(0.96, 12) });
  expect(tested(runs, mixings(0.2))('shared-types')).toMatchObject({ holds: 0, factor: expect.closeTo(0.4, 12) });
  // None at all is no reason to leave a signal out.
  expect(tested(runs, mixings(0))('shared-types')).toMatchObject({ holds: 0, factor: expect.any(Number) });
});

test('of fewer than five signals there is a count, and no test', () => {
  const runs = signals(4).map((signal) => claimRun(signal, 0, { variances: { grid: 0.1, rgb: 0.2 } }));
  const claim = tested(runs)('space-least');
  expect(claim).toMatchObject({ holds: 4, p: undefined, corrected: undefined, interval: undefined, verdict: 'few' });
  expect(sentenceOf(claim)).toMatch(
    /^In 4 of 4 signals .* The geometric mean of the factor is 2. Fewer than 5 signals are not tested.$/,
  );
});

test('what is missing or no number is not tested, and says why', () => {
  const runs = [
    claimRun('bear', 0, { pixels: 50 }),
    claimRun('deer', 0, { variances: { grid: Number.NaN, rgb: 0.1 } }),
    claimRun('elk', 0, { variances: { grid: 0.1 } }),
    claimRun('fox', 0, { variances: { rgb: 0.1 } }),
  ];
  const of = tested(runs);
  const space = of('space-least');
  expect(space).toMatchObject({ verdict: 'untested', factor: Number.NaN });
  expect(space.leftOut).toEqual([
    'bear-ffn-s0: no analysis grouping-variance',
    'deer-ffn-s0: layer1 has median NaN on frame 0',
    'elk-ffn-s0: no variance over instances, rgb, gabor to hold against space',
    'fox-ffn-s0: no variance over grid in layer1 on frame 0',
  ]);
  expect(sentenceOf(space)).toBe(`Not tested: ${space.leftOut.slice(0, 3).join('; ')}; and 1 more.`);
  expect(sentenceOf(of('weaker-in-middle', '–'))).toBe('Not tested: no run is of a network of videos, such as nerv.');
  expect(sentenceOf(of('shared-types'))).toBe('Not tested: neuron-clusters of bear ffn layer1 (of one seed only).');
  expect(of('many-pixels')).toMatchObject({ signals: [{ signal: 'bear' }], verdict: 'few' });
});

test('a run that lacks a layer is left out: a mean over the others would be another’s', () => {
  const run = claimRun('bear', 0, { variances: { grid: 0.1, rgb: 0.2 } });
  const rows = run.tables['grouping-variance'];
  if (typeof rows === 'string') throw new Error(rows);
  const short = {
    ...run,
    tables: { ...run.tables, 'grouping-variance': rows.filter(({ layer }) => layer !== 'layer3') },
  };
  expect(tested([short])('space-least').leftOut).toEqual(['bear-ffn-s0: no numbers of layer3 in grouping-variance']);
});

test('numbers of groups that differ are told with the claims of variances, and deviations without their sign', () => {
  const run = claimRun('bear', 0, { variances: { rgb: 0.1, gabor: 0.1, instances: 0.2 } });
  const rows = run.tables['grouping-variance'];
  if (typeof rows === 'string') throw new Error(rows);
  const few = rows.map((row) => (row.grouping === 'instances' ? { ...row, groups: 3 } : row));
  const claim = tested([{ ...run, tables: { ...run.tables, 'grouping-variance': few } }])('rgb-like-instances');
  expect(sentenceOf(claim)).toContain('Numbers of groups differ (32 of rgb and 3 of instances)');
  expect(sentenceOf(tested([run])('rgb-like-instances'))).not.toContain('Numbers of groups');
  const unsigned = tested([{ ...run, absolute: ['instances', 'rgb'] }])('rgb-like-instances');
  expect(sentenceOf(unsigned)).toContain('Deviations of instances and rgb were taken without their sign');
});

test('the table has a row for each claim and network, without numbers that there are not', () => {
  const runs = signals(5).map((signal) => claimRun(signal, 0, { pixels: 200 }));
  const { columns, rows } = claimsTable(testClaims(measureClaims(runs, NO_MIXING)));
  const cell = (title: string, column: string) =>
    rows.find(([claim]) => claim === title)![columns.findIndex(({ name }) => name === column)];
  expect(rows).toHaveLength(12);
  expect(cell('Many pixels per neuron', 'p')).toBe(0.0625);
  expect(cell('Many pixels per neuron', 'p_holm')).toBe(0.0625);
  expect(cell('Space varies least', 'p')).toBeNull();
  expect(cell('Space varies least', 'factor')).toBeNull();
  expect(cell('Space varies least', 'verdict')).toBe('untested');
});

test('a claim that holds as published and not with as many groups each has both rows, and each says so', () => {
  const variances = { grid: 0.01, rgb: 0.04, gabor: 0.08, instances: 0.3 };
  const spreads = { grid: 0.4, rgb: 0.2, gabor: 0.3, instances: 0.25 };
  const of = tested(signals(12).map((signal) => claimRun(signal, 0, { variances, spreads })));
  const [published, equal] = (['published', 'equal'] as const).map((groups) => of('space-least', 'ffn', groups));
  expect(published).toMatchObject({ holds: 12, factor: expect.closeTo(4, 12), verdict: 'holds' });
  // Variances are squares of spreads: (0.2 ÷ 0.4)². Six tests have a p, three claims twice, and are corrected together.
  expect(equal).toMatchObject({ holds: 0, factor: expect.closeTo(0.25, 12), verdict: 'opposite' });
  expect([published.corrected, equal.corrected]).toEqual([6 * 2 ** -11, 6 * 2 ** -11]);
  expect(sentenceOf(published)).toMatch(/^In 12 of 12 signals .*, as published\. /);
  expect(sentenceOf(equal)).toMatch(/^In 0 of 12 signals .*, with as many groups each\. /);
  const disagreement = 'On average it holds as published; with as many groups each it does not hold.';
  expect(sentenceOf(published)).toContain(disagreement);
  expect(sentenceOf(equal)).toContain(disagreement);
  // The larger ÷ the smaller: 0.25² ÷ 0.2².
  expect(of('rgb-like-instances', 'ffn', 'equal').factor).toBeCloseTo(1.25 ** 2, 12);
});

test('where both come to the same, no disagreement is told; where only one is shown, it is', () => {
  const variances = { grid: 0.01, rgb: 0.04 };
  const runs = (grid: (i: number) => number) =>
    signals(12).map((signal, i) => claimRun(signal, 0, { variances, spreads: { grid: grid(i), rgb: 0.2 } }));
  expect(sentenceOf(tested(runs(() => 0.1))('space-least'))).not.toMatch(/On average it|shown (as|with)|It holds/);
  // Half of the signals a little against it, the others clearly for it.
  const half = tested(runs((i) => (i % 2 ? 0.21 : 0.1)))('space-least');
  expect(sentenceOf(half)).toContain('It is shown as published; with as many groups each it is not.');
  // Of too few signals for a test: on average it holds by both.
  const few = tested(runs((i) => (i % 2 ? 0.21 : 0.1)).slice(0, 4))('space-least');
  expect(sentenceOf(few)).toContain('It holds in 4 of 4 signals as published; with as many groups each in 2 of 4.');
});

test('what groups merged leave open is no evidence: a signal counts only where both bounds lie on one side', () => {
  const variances = { grid: 0.01, rgb: 0.04 };
  const runs = (grid: readonly [number, number]) =>
    signals(12).map((signal) => claimRun(signal, 0, { variances, spreads: { grid, rgb: 0.2 } }));
  const open = tested(runs([0.05, 0.25]))('space-least', 'ffn', 'equal');
  expect(open).toMatchObject({ holds: 0, ties: 12, p: 1, onAverage: undefined, verdict: 'open' });
  expect(open.reach).toEqual({ low: expect.closeTo(0.64, 12), high: expect.closeTo(16, 12) });
  expect(open.interval).toEqual(open.reach);
  expect(sentenceOf(open)).toContain(', with as many groups each; in 12 it may hold or not.');
  expect(sentenceOf(open)).toContain('Since groups were merged, it is only known to lie between 0.64 and 16.');
  expect(sentenceOf(open)).toContain('On average it holds as published; with as many groups each it may hold or not.');
  const above = tested(runs([0.05, 0.1]))('space-least', 'ffn', 'equal');
  expect(above).toMatchObject({ holds: 12, ties: 0, p: 2 ** -11, verdict: 'holds' });
  // √(0.05 · 0.1) is the spread between both bounds.
  expect(above.factor).toBeCloseTo(0.04 / 0.005, 12);
});

test('a middle layer is compared with as many groups each, too', () => {
  const variances = { grid: 0.1, rgb: 0.4 };
  const runs = signals(5).flatMap((signal) => [
    claimRun(signal, 0, { variances, spreads: { grid: 0.1, rgb: 0.2 } }),
    claimRun(signal, 0, { variances, spreads: { grid: 0.1, rgb: 0.4 } }, NERV),
  ]);
  expect(tested(runs)('weaker-in-middle', 'ffn : nerv')).toMatchObject({ ties: 5, factor: expect.closeTo(1, 12) });
  expect(tested(runs)('weaker-in-middle', 'ffn : nerv', 'equal')).toMatchObject({
    holds: 0,
    factor: expect.closeTo(0.25, 12),
  });
});

test('without a rank a grouping is left out, or the claim is not tested, and why is said', () => {
  const variances = { grid: 0.01, rgb: 0.04, gabor: 0.08, instances: 0.3 };
  const unlike = tested([claimRun('bear', 0, { variances, spreads: { grid: 0.1, rgb: 0.2, gabor: 0.3 } })]);
  expect(sentenceOf(unlike('space-least', 'ffn', 'equal'))).toContain(
    'Left out, since the number of groups differs too much from that of others: instances in 1 of 1 runs.',
  );
  expect(sentenceOf(unlike('rgb-like-instances', 'ffn', 'equal'))).toBe(
    'Not tested: bear-ffn-s0: instances has a number of groups too unlike that of others to be ranked in layer1.',
  );
  const before = tested([claimRun('bear', 0, { variances })]);
  expect(sentenceOf(before('space-least', 'ffn', 'equal'))).toBe(
    'Not tested: bear-ffn-s0: no ranking in grouping-variance.',
  );
  expect(before('space-least')).toMatchObject({ holds: 1 });
  const run = claimRun('bear', 0, { variances, spreads: { grid: 0.1, rgb: 0.2 } });
  // Once the median stood in one column.
  const ranking = [...run.tables.ranking].map((row) => {
    const { least, most: _, ...others } = row as Row;
    return { ...others, median: least };
  });
  const earlier = tested([{ ...run, tables: { ...run.tables, ranking } }]);
  expect(earlier('space-least', 'ffn', 'equal').leftOut).toEqual([
    'bear-ffn-s0: the ranking in grouping-variance is an earlier version’s, without bounds',
  ]);
  const odd = tested([claimRun('bear', 0, { variances, spreads: { grid: [Number.NaN, 1], rgb: 0.2 } })]);
  expect(odd('space-least', 'ffn', 'equal').leftOut).toEqual(['bear-ffn-s0: layer1 has least NaN']);
});
