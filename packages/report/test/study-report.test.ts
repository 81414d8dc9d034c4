import { expect, test } from 'vitest';
import { renderStudyReport, type StudyReportTable } from '../src/study-report.js';

test('a table shows the columns that it is told to, and is folded where it is long, unless it is to be open', async () => {
  const table = {
    name: 'claims',
    title: 'Claims',
    columns: ['claim', 'sentence', 'factor'].map((name) => ({ name, description: name })),
    rows: Array.from({ length: 13 }, (_, i) => [`claim ${i}`, `said of ${i}`, i + 0.5]),
  };
  const pageOf = (one: StudyReportTable) =>
    renderStudyReport({
      title: 'Study',
      lead: '',
      facts: [],
      summary: { title: 'Summary', text: [], tables: [], figures: [] },
      parts: [{ title: 'Claims', text: [], tables: [one], figures: [] }],
      toolVersion: '1',
    });
  const part = await pageOf({ table, file: 'report/claims.csv', shown: ['claim', 'factor'], open: true });
  expect(part).toContain('<div class="table">');
  expect(part).toContain('<td>claim 0</td><td class="numeric">0.5</td>');
  expect(part).not.toContain('said of 0');
  expect(part).toContain('all digits in <code>report/claims.csv</code>');
  const whole = await pageOf({ table, file: '' });
  expect(whole).toContain('<details class="table">');
  expect(whole).toContain('<td>claim 0</td><td>said of 0</td><td class="numeric">0.5</td>');
});

test('the page begins with what contributions are; further figures are folded, and sentences stand beside what they are about', async () => {
  const chart = (name: string) => ({
    ...({ kind: 'chart', name, title: name, caption: '' } as const),
    spec: { data: { values: [{ a: 1 }] }, mark: 'point', encoding: { x: { field: 'a', type: 'quantitative' } } },
  });
  const page = await renderStudyReport({
    title: 'Study',
    lead: '',
    facts: [],
    summary: { title: 'Summary', text: ['Mean PSNR'], tables: [], figures: [] },
    parts: [
      {
        title: 'Claims',
        text: [],
        points: [{ title: 'Space varies least', text: 'Factor, > 1', sentences: [['ffn <8>', 'In 3 of 6 signals.']] }],
        tables: [],
        figures: [chart('first')],
        more: [chart('second')],
      },
    ],
    toolVersion: '1',
  });
  const places = ['A neuron’s contribution to a pixel', 'Mean PSNR', '<h3>Space varies least</h3>', '>first.</b>'];
  const folded = '<details class="more"><summary>1 more figure</summary><figure id="figure-2">';
  const at = [...places, folded, '>second.</b>'].map((text) => page.indexOf(text));
  expect(at[0]).toBeGreaterThan(0);
  expect(at).toEqual([...at].sort((a, b) => a - b));
  expect(page).toContain('<a href="https://arxiv.org/abs/2401.10217">');
  // On paper it is told that they are not there.
  expect(page).toContain('<p class="note print-only">1 more figure is not printed.');
  expect(page).toContain('<dt>ffn &lt;8&gt;</dt><dd>In 3 of 6 signals.</dd>');
});
