import type { ChartFigure } from '@xinc/core';
import { describe, expect, test } from 'vitest';
import { renderFigure } from '../dist/index.js';

/* Charts that come with a run from a stranger, and would take all the time and memory there is. */

const quantitative = (field: string) => ({ x: { field, type: 'quantitative' } });
const rows = (count: number) => Array.from({ length: count }, (_, a) => ({ a }));

const figure = (name: string, spec: Record<string, unknown>): ChartFigure => ({
  kind: 'chart',
  name,
  title: name,
  caption: '',
  spec: { data: { values: rows(3) }, mark: 'point', encoding: quantitative('a'), ...spec },
});

const drawn = (one: ChartFigure) => renderFigure(one, { theme: 'light', format: 'svg' });
const reason = (one: ChartFigure) =>
  drawn(one).then(
    () => 'drawn',
    (error) => `${error.code}: ${error.message}`,
  );

describe('a chart', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['sequence', { data: { sequence: { start: 0, stop: 1e9, as: 'a' } } }, 'a sequence of more than 100,000 values'],
    ['step', { data: { sequence: { start: 0, stop: 1, step: 1e-9 } } }, 'a sequence of more than 100,000 values'],
    ['backwards', { data: { sequence: { start: 1e9, stop: 0, step: -1 } } }, 'a sequence of more than 100,000 values'],
    ['nowhere', { data: { sequence: { start: 0, stop: 1, step: 0 } } }, 'a sequence of more than 100,000 values'],
    ['wide', { width: 1e9 }, 'width 1000000000, and at most 20,000 are drawn'],
    ['padded', { padding: { left: 1e9 } }, 'left 1000000000, and at most'],
    [
      'ticks',
      { encoding: { x: { field: 'a', type: 'quantitative', axis: { tickCount: 1e9 } } } },
      'tickCount 1000000000',
    ],
    ['deep', JSON.parse(`${'{"layer":['.repeat(400)}1${']}'.repeat(400)}`), 'it is nested deeper than 60 levels'],
  ])('that asks for more than there is room for is refused before it is drawn: %s', async (name, spec, why) => {
    const begun = performance.now();
    const said = await reason(figure(name, spec));
    expect(said).toContain(`plugin: Chart '${name}' cannot be drawn: it`);
    expect(said).toContain(why);
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  test('that asks for a file or an address is not drawn without its data, and says which', async () => {
    for (const url of ['file:///etc/passwd', 'http://127.0.0.1:1/', '../../run.json']) {
      expect(await reason(figure('asking', { data: { url } }))).toContain(`it asks for ${url}, and charts must carry`);
    }
  });

  test('that has no end is ended, and those drawn at the same time are drawn all the same', async () => {
    const slow = figure('slow', {
      data: { values: [{ a: `${'a'.repeat(60)}!` }] },
      transform: [{ calculate: "test(regexp('^(a+)+$'), datum.a)", as: 'a' }],
    });
    const [ended, other] = await Promise.all([reason(slow), drawn(figure('other', {}))]);
    expect(ended).toMatch(/^plugin: Chart 'slow' cannot be drawn: it takes longer than \d+ s of processor time$/);
    expect(other).toContain('<svg');
    // In another way, it is not tried again.
    const begun = performance.now();
    expect(await reason(slow)).toBe(ended);
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  test('that takes all memory is ended, and the program goes on with little', async () => {
    const greedy = figure('greedy', { transform: [{ calculate: "pad('x', 400000000) + datum.a", as: 'a' }] });
    const greedier = figure('greedier', {
      transform: [
        { calculate: 'sequence(0, 30000000)', as: 'b' },
        { flatten: ['b'] },
        { calculate: '[datum.b]', as: 'a' },
      ],
    });
    for (const one of [greedy, greedier]) {
      expect(await reason(one)).toMatch(/^plugin: Chart 'greed\w+' cannot be drawn: /);
      expect(process.memoryUsage().rss).toBeLessThan(2 ** 30);
    }
    expect(await drawn(figure('after', {}))).toContain('<svg');
  });
});
