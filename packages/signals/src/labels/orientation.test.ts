import { describe, expect, it } from 'vitest';
import { fixtureFolder, picture } from '../../test/fixtures.js';
import { pngFile } from '../../test/png-file.js';
import { openSignal } from '../open-signal.js';
import { type LabelsOrientation, parseLabelsOrientation } from './orientation.js';
import { readSignalLabels } from './read-labels.js';

const { put } = await fixtureFolder();

/** EXIF data of one entry, the orientation (tag 274, a short). */
function exif(orientation: number): Buffer {
  const bytes = Buffer.from('II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\0\0\0\0\0\0\0\0', 'latin1');
  bytes.writeUInt16LE(orientation, 18);
  return bytes;
}

/** A picture turned by EXIF whose pixels, as stored, have the brightness of their labels; and the labels. */
async function turned(orientation: number, [height, width]: readonly [number, number], labelsOrientation = 1) {
  const stored = Uint8Array.from({ length: height * width }, (_, i) => 1 + i);
  const rgb = Uint8Array.from({ length: 3 * stored.length }, (_, i) => stored[Math.floor(i / 3)]);
  const path = await put('p.png', picture(height, width, rgb).withMetadata({ orientation }).png());
  const extra: Record<string, Buffer> = labelsOrientation > 1 ? { eXIf: exif(labelsOrientation) } : {};
  const map = pngFile({ height, width, depth: 8, colorType: 0, samples: [...stored], extra });
  const labels = await put('l.png', map);
  const signal = await openSignal(path);
  const read = async (given?: LabelsOrientation) => {
    const { frames, notes } = await readSignalLabels(labels, signal, {
      ...(given && { orientation: given }),
      void: [],
    });
    const [{ labels: indices, groups }] = frames;
    const values = Array.from(indices, (label) => Number(groups[label].name.split(' ')[1]));
    const shown = (await signal.frame(0)).rgb;
    return { lies: values.every((value, p) => value === Math.round(shown[3 * p] * 255)), notes };
  };
  return { read, labels };
}

describe('labels drawn on the stored pixels are turned like their picture', () => {
  it.each([2, 3, 4, 5, 6, 7, 8])('by EXIF orientation %i', async (orientation) => {
    for (const extent of [
      [5, 7],
      [6, 6],
    ] as const) {
      const { lies, notes } = await (await turned(orientation, extent)).read();
      expect(lies).toBe(true);
      const doubt = extent[0] === extent[1] || orientation < 5;
      expect(notes).toEqual([
        `turned like the picture, by its EXIF orientation (${orientation})${
          doubt ? ': taken to be drawn on the pixels as stored; `labelsOrientation: shown` says they are upright' : ''
        }`,
      ]);
    }
  });

  it('unless they are upright, which their size or the user says', async () => {
    const { read } = await turned(3, [6, 6]);
    expect(await read('shown')).toEqual({ lies: false, notes: [] });
    expect(await read('stored')).toMatchObject({ lies: true });
    const signal = await openSignal(
      await put('q.png', picture(2, 3, new Uint8Array(18)).withMetadata({ orientation: 6 }).png()),
    );
    const upright = await put('upright.png', picture(3, 2, Uint8Array.of(1, 2, 3, 4, 5, 6)).png());
    const { frames, notes } = await readSignalLabels(upright, signal);
    expect([...frames[0].labels]).toEqual([0, 1, 2, 3, 4, 5]);
    expect(notes).toEqual([
      'not turned: they have the size of the picture as shown, turned by its EXIF orientation (6)',
    ]);
    await expect(readSignalLabels(upright, signal, { orientation: 'stored' })).rejects.toMatchObject({
      message: `${upright}: the labels are 3×2, but the picture is 2×3 as stored and 3×2 as shown, turned by its EXIF orientation (6). Leave out \`labelsOrientation\`: their size tells which way up they are.`,
    });
    expect(() => parseLabelsOrientation('up')).toThrow('`labelsOrientation: up`: expected stored or shown');
  });

  it('or have an orientation of their own', async () => {
    const { lies, notes } = await (await turned(6, [6, 6], 6)).read();
    expect(lies).toBe(true);
    expect(notes).toEqual(['turned by their own EXIF orientation (6); `labelsOrientation` says otherwise']);
  });

  it('and a size that fits neither way names the orientation', async () => {
    const signal = await openSignal(
      await put('r.png', picture(2, 3, new Uint8Array(18)).withMetadata({ orientation: 6 }).png()),
    );
    const labels = await put('other.png', picture(4, 4, new Uint8Array(16)).png());
    await expect(readSignalLabels(labels, signal)).rejects.toMatchObject({
      message: `${labels}: the labels are 4×4, but the picture is 2×3 as stored and 3×2 as shown, turned by its EXIF orientation (6). Give labels of one of these sizes.`,
    });
  });
});
