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
