import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { XincError } from '../errors.js';
import type { GroupingPlugin } from '../grouping.js';
import type { Frame } from '../signal.js';
import { checkGrouping } from './check-grouping.js';

/* A grouping that is right in every way, and each fault by itself. */

type Options = { count: number };

const labels = ({ rgb, height, width }: Frame, count: number) =>
  Uint16Array.from({ length: height * width }, (_, p) => Math.min(count - 1, Math.floor(rgb[3 * p] * count)));
const groups = (count: number) => Array.from({ length: count }, (_, g) => ({ name: `red ${g + 1}` }));

const grouping = (changes: Partial<GroupingPlugin<Options>> = {}): GroupingPlugin<Options> => ({
  kind: 'grouping',
  name: 'reds',
  title: 'Reds',
  description: 'Pixels of about the same red.',
  options: z.object({ count: z.coerce.number().int().min(1).default(3).describe('Number of groups') }),
  form: 'reds:4, reds:8 for more',
  parse: (text) => ({ count: text }),
  label: (frame, { count }) => ({ ...frame, labels: labels(frame, count), groups: groups(count) }),
  fit:
    async (_frames, { count }) =>
    (frame) => ({ ...frame, labels: labels(frame, count), groups: groups(count) }),
  ...changes,
});

test('a grouping that is right passes, and its groups are counted', async () => {
  const measures = await checkGrouping(grouping());
  expect(measures.map(({ signal, frame, groups }) => [signal.kind, frame, groups])).toEqual([
    ['image', 0, 3],
    ['video', 0, 3],
    ['video', 1, 3],
    ['video', 2, 3],
  ]);
  expect((await checkGrouping(grouping(), { options: { count: 40 } }))[0].empty).toBeGreaterThan(0);
});

const labelled = (change: (frame: Frame, seed: number) => object): GroupingPlugin<Options> =>
  grouping({
    label: (frame, { count }, { seed }) => ({
      ...frame,
      labels: labels(frame, count),
      groups: groups(count),
      ...change(frame, seed),
    }),
  });
let turn = 0;

describe('what is wrong is told', () => {
  test.each<readonly [string, GroupingPlugin<Options>, string]>([
    [
      'labels beyond the groups',
      labelled(() => ({ groups: groups(2) })),
      'label, frame 0: a label is not below the number of groups, 2',
    ],
    ['labels of another size', labelled(({ width }) => ({ width: width + 1 })), 'label, frame 0: labels are'],
    [
      'groups without names',
      labelled(() => ({ groups: [{ name: '' }, { name: 'b' }, { name: 'c' }] })),
      'label, frame 0: group 0 has no name',
    ],
    [
      'labels that are others each time',
      labelled(({ rgb }) => ({
        labels: Uint16Array.from({ length: rgb.length / 3 }, (_, p) => (p === 5 ? turn++ % 2 : 0)),
      })),
      'label, frame 0: labelled twice, the same picture has other labels: pixel 5',
    ],
    [
      'names that are others each time',
      labelled(() => ({ groups: [...groups(2), { name: `turn ${turn++}` }] })),
      'label, frame 0: labelled twice, the same picture has other labels',
    ],
    [
      "labels that depend on the run's seed",
      labelled(({ rgb }, seed) => ({ labels: new Uint16Array(rgb.length / 3).fill(seed) })),
      'label, frame 0: with another seed the same picture has other labels: pixel 0',
    ],
    ['a short form of another name', grouping({ form: 'red:4' }), "form: 'red:4' is no short form of 'reds'"],
    [
      'a short form that is not read',
      grouping({ form: 'reds:many' }),
      "form: 'reds:many' gives options that it refuses",
    ],
    [
      'a picture of one colour that it fails on',
      labelled(({ rgb }) => {
        if (rgb.every((value) => value === rgb[0])) throw new RangeError('no range to divide');
        return {};
      }),
      'label of a picture of one colour: no range to divide',
    ],
    [
      'a picture of one colour that a message without a place tells of',
      labelled(({ rgb }) => {
        if (rgb.every((value) => value === rgb[0])) throw new XincError('io', 'The disk is full');
        return {};
      }),
      'label of a picture of one colour: The disk is full',
    ],
    [
      'a picture of one pixel that has too many labels',
      labelled(({ rgb }) => (rgb.length === 3 ? { labels: new Uint16Array(2) } : {})),
      'label of a picture of one pixel: there are 2 labels, the frame is 1×1',
    ],
    [
      'a picture of one pixel whose labels are others each time',
      labelled(({ rgb }) => (rgb.length === 3 ? { labels: Uint16Array.of(turn++ % 2) } : {})),
      'label of a picture of one pixel: labelled twice, the same picture has other labels: pixel 0',
    ],
    [
      'groups that are others on each frame of a video',
      grouping({
        fit: async () => (frame) => ({
          ...frame,
          labels: labels(frame, 3),
          groups: [...groups(2), { name: `sum ${frame.rgb.reduce((sum, value) => sum + value)}` }],
        }),
      }),
      'fit: frame 2 has other groups than frame 0',
    ],
    [
      'labels that depend on the frames labelled before',
      grouping({
        fit: async () => {
          let before = 0;
          return (frame) => ({
            ...frame,
            labels: new Uint16Array(frame.rgb.length / 3).fill(Math.min(2, before++)),
            groups: groups(3),
          });
        },
      }),
      'fit: frame 0 has other labels after the other frames were labelled',
    ],
    [
      'labels that are others each time they are found',
      grouping({
        fit: async () => {
          const chosen = turn++ % 2;
          return (frame) => ({
            ...frame,
            labels: new Uint16Array(frame.rgb.length / 3).fill(chosen),
            groups: groups(2),
          });
        },
      }),
      'fit: found twice on the same frames, groups are others: pixel 0',
    ],
    [
      'groups that are called otherwise each time they are found',
      grouping({
        fit: async () => {
          const named = [...groups(2), { name: `turn ${turn++}` }];
          return (frame) => ({ ...frame, labels: labels(frame, 3), groups: named });
        },
      }),
      'fit: found twice on the same frames, groups are others',
    ],
  ])('%s', async (_what, tested, message) => {
    turn = 0;
    const error = await checkGrouping(tested).then(
      () => undefined,
      (thrown) => thrown,
    );
    expect(error?.message).toContain(`plugin under test, grouping 'reds', ${message}`);
    expect(error).toMatchObject({ name: 'XincError', code: 'plugin' });
  });
});
