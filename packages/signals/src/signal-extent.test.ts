import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { colours, fixtureFolder, picture } from '../test/fixtures.js';
import { openSignal } from './open-signal.js';
import { signalExtent } from './signal-extent.js';

const { folder, put } = await fixtureFolder();

it.each([{}, { size: { longest: 4 } }, { crop: { height: 3, width: 3 } }])(
  'the extent is that of the signal when it is opened: %o',
  async (options) => {
    await mkdir(join(folder, 'frames'), { recursive: true });
    const paths = [
      await put('plain.png', picture(5, 8, colours(5, 8)).png()),
      await put('turned.jpg', picture(5, 8, colours(5, 8)).withMetadata({ orientation: 6 }).jpeg()),
      await put('one.gif', picture(5, 8, colours(5, 8)).gif()),
    ];
    for (const name of ['0.png', '1.png']) await put(join('frames', name), picture(6, 4, colours(6, 4)).png());
    for (const path of [...paths, join(folder, 'frames')]) {
      const { height, width } = (await openSignal(path, options)).shape;
      expect(await signalExtent(path, options)).toEqual({ height, width });
    }
  },
);

it('what is no signal is refused as on opening', async () => {
  await expect(signalExtent(join(folder, 'none.png'))).rejects.toThrow('it does not exist');
  const small = await put('small.png', picture(2, 2, colours(2, 2)).png());
  await expect(signalExtent(small, { crop: { height: 3, width: 1 } })).rejects.toThrow('`crop: 3×1` is larger than');
});
