import type { Group } from '@xinc/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureFolder } from '../../test/fixtures.js';
import { readLabels } from '../../test/image-labels.js';
import { planFraming } from '../framing.js';
import { decodeLabels, encodeLabels } from './store-labels.js';

const { put } = await fixtureFolder();

function groupsOf(count: number): Group[] {
  return Array.from({ length: count }, (_, i) => ({ name: `group ${i}`, category: 'car', type: 'thing' }));
}

describe('stored label maps', () => {
  it.each([1, 2, 256, 257, 60_000])('come back with %i groups, also the empty ones', async (count) => {
    const label = fc.integer({ min: 0, max: count - 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(label, { minLength: 6, maxLength: 6 }), async (labels) => {
        const map = { height: 2, width: 3, labels: Uint16Array.from(labels), groups: groupsOf(count) };
        expect(await decodeLabels('labels.png', await encodeLabels(map), map)).toEqual(map);
      }),
      { numRuns: count > 1000 ? 3 : 20 },
    );
  });

  it('are label maps that a user could have given', async () => {
    const groups: Group[] = [
      { name: 'other', type: 'other' },
      { name: 'sea', type: 'stuff', color: '#0000ff' },
    ];
    const { png, json } = await encodeLabels({ height: 1, width: 3, labels: Uint16Array.of(1, 0, 1), groups });
    await put('stored.json', json);
    const framing = planFraming('photo.png', { height: 1, width: 3 });
    const read = await readLabels(await put('stored.png', png), framing);
    expect(read).toEqual({ height: 1, width: 3, labels: Uint16Array.of(1, 0, 1), groups, notes: [] });
  });

  it('are refused when the two files do not belong together', async () => {
    const map = { height: 1, width: 2, labels: Uint16Array.of(0, 1), groups: groupsOf(2) };
    const { png } = await encodeLabels(map);
    for (const json of ['{"0": "a"}', '{"0": "a", "2": "b"}', '{"0": {"type": "thing"}, "1": "b"}']) {
      await expect(decodeLabels('run/labels.png', { png, json }, map)).rejects.toThrow(
        'run/labels.png: the labels and the names of their groups do not belong together',
      );
    }
  });

  it('are refused when they have another size than the run', async () => {
    const stored = await encodeLabels({ height: 1, width: 2, labels: Uint16Array.of(0, 1), groups: groupsOf(2) });
    await expect(decodeLabels('run/labels.png', stored, { height: 2, width: 2 })).rejects.toThrow(
      'run/labels.png is 1×2, the run 2×2',
    );
  });
});
