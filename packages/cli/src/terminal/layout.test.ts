import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { layOutProgress, truncate, wrap } from './layout.js';

const SENTENCE =
  'Rank correlation over pixels of a neuron’s contribution with how the picture changes without it, mean over sampled neurons with 95 % interval: 0.195 (0.186 to 0.204) in layer1.';

describe('lines', () => {
  test.each([20, 40, 80, 120, 200])('fit %i columns and lose no word', (columns) => {
    const lines = wrap(`✓ ${SENTENCE}\n  left out: ${SENTENCE}`, columns).split('\n');
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    expect(lines.join(' ').replaceAll(/ +/g, ' ')).toBe(`✓ ${SENTENCE} left out: ${SENTENCE}`);
  });

  test('go on with two spaces more than they begin with', () => {
    expect(wrap('  left out: Grouping instances: the signal has no labels.', 30)).toBe(
      '  left out: Grouping\n    instances: the signal has\n    no labels.',
    );
  });

  test('are not broken between a number and its unit', () => {
    expect(wrap('in layer2 and layer3: 20.9 % of all', 26)).toBe('in layer2 and layer3:\n  20.9 % of all');
    expect(wrap('it took as long as 2 min 05 s here', 26)).toBe('it took as long as 2 min\n  05 s here');
    expect(wrap('what it says is 12 sentences', 19)).toBe('what it says is 12\n  sentences');
  });

  test('keep a word that is too wide, such as a path, whole', () => {
    expect(wrap('Report: /a/very/long/path/report.html is there', 16)).toBe(
      'Report:\n  /a/very/long/path/report.html\n  is there',
    );
  });

  test('keep a command in one piece, to be copied', () => {
    const command = 'xinc analyze xinc-runs/photo-ffn neuron-clusters';
    expect(wrap(`left out: Kinds of neurons: it takes minutes; ask for it: ${command}`, 40).split('\n').at(-1)).toBe(
      `  ${command}`,
    );
    expect(wrap(`Next: ${command}`, 30)).toBe(`Next:\n  ${command}`);
  });

  test('count letters that take two columns', () => {
    expect(wrap('漢字漢字 漢字', 9)).toBe('漢字漢字\n  漢字');
    expect(truncate('漢字漢字', 5)).toBe('漢字…');
  });
});

describe('a line of progress', () => {
  const parts = {
    title: 'Tracing',
    share: 0.515,
    left: '1 h 20 min left',
    note: 'frame 12, block2',
    count: '123,456/240,000',
    rate: '1,230 maps/s',
  };
  const whole = (columns: number, title = parts.title) => {
    const line = layOutProgress({ ...parts, title }, columns);
    return [line.title, line.bar, line.text].filter(Boolean).join(' ');
  };

  test.each([20, 30, 40, 60, 80, 120, 200])('fits %i columns', (columns) => {
    for (const title of ['Tracing', 'Contribution, brightness and edges of everything there is']) {
      expect(stringWidth(whole(columns, title))).toBeLessThan(columns);
    }
  });

  test.each([30, 40, 60, 80, 120, 200])('tells at %i columns how much is done and how long it takes yet', (columns) => {
    for (const title of ['Tracing', 'Contribution, brightness and edges of everything there is']) {
      expect(whole(columns, title)).toContain('51 % · 1 h 20 min left');
    }
  });

  test('cuts the title before these', () => {
    expect(whole(36, 'Contribution, brightness and edges')).toBe('Contributio… 51 % · 1 h 20 min left');
  });

  test('has all it has to say where there is room', () => {
    expect(whole(120)).toBe(
      `Tracing ${'█'.repeat(12)}${'░'.repeat(12)} 51 % · 1 h 20 min left · frame 12, block2 · 123,456/240,000 · 1,230 maps/s`,
    );
  });
});
