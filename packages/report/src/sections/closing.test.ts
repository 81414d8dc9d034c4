import { expect, test } from 'vitest';
import { html } from '../html/markup.js';
import { omissionsSection } from './closing.js';
import { Numbering } from './numbering.js';

test('a reason that several analyses share is told once, with all of them', () => {
  const dead = 'layer1 was left out: all of its 3 neurons are dead.';
  const { body } = omissionsSection(
    [
      { what: 'Motion', whys: ['It needs a video.'] },
      { what: 'The canvas', whys: [dead] },
      { what: 'Faithfulness', whys: [dead, 'Neurons were switched off on frame 0 only.'] },
    ],
    new Numbering(),
  );
  const rows = [...html`${body}`.text.matchAll(/<div>(.*?)<\/div>/g)].map(([, row]) => row.replace(/<.*?>/g, '|'));
  expect(rows).toEqual([
    '|Motion||It needs a video.|',
    `|The canvas and Faithfulness||${dead}|`,
    '|Faithfulness||Neurons were switched off on frame 0 only.|',
  ]);
});
