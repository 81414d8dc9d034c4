import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixtureFolder } from '../../test/fixtures.js';
import { locate } from './ffmpeg.js';

const { folder, put } = await fixtureFolder();
const scripts = process.platform !== 'win32';

/** A stand-in that answers to `-version` as some release of ffmpeg does. */
async function standIn(name: string, version: string, libavformat: string): Promise<string> {
  const path = await put(name, `#!/bin/sh\necho 'ffmpeg version ${version}'\necho 'libavformat ${libavformat}'\n`);
  await chmod(path, 0o755);
  return path;
}

describe('which ffmpeg is used', () => {
  it('the carried one where the system has none', async () => {
    const { origin, version, path } = await locate({ PATH: folder });
    expect(origin).toBe('carried');
    expect(version).not.toBe('');
    expect(path).toContain('ffmpeg');
  });

  it.runIf(scripts)('the system’s where there is one', async () => {
    const path = await standIn('bin/ffmpeg', '7.1', '61.  7.100 / 61.  7.100');
    expect(await locate({ PATH: `relative:${join(folder, 'empty')}:${join(folder, 'bin')}` })).toEqual({
      path,
      version: '7.1',
      origin: 'system',
      passFrames: ['-fps_mode', 'passthrough'],
    });
  });

  it.runIf(scripts)('the carried one where the system’s is broken', async () => {
    await chmod(await put('broken/ffmpeg', '#!/bin/sh\nexit 1\n'), 0o755);
    expect(await locate({ PATH: join(folder, 'broken') })).toMatchObject({ origin: 'carried' });
  });

  it.runIf(scripts)('the one that XINC_FFMPEG names before all, old releases with their own option', async () => {
    const path = await standIn('old/ffmpeg', '4.4', '58. 76.100 / 58. 76.100');
    expect(await locate({ XINC_FFMPEG: path, PATH: join(folder, 'bin') })).toEqual({
      path,
      version: '4.4',
      origin: 'environment',
      passFrames: ['-vsync', 'passthrough'],
    });
  });
});

describe('refusals', () => {
  it('an XINC_FFMPEG that is not there, or not ffmpeg', async () => {
    const missing = join(folder, 'missing');
    await expect(locate({ XINC_FFMPEG: missing })).rejects.toThrow(`${missing}: does not run as ffmpeg (`);
    await expect(locate({ XINC_FFMPEG: process.execPath })).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('a machine without any', async () => {
    await expect(locate({ PATH: folder }, join(folder, 'missing'))).rejects.toThrow(
      'There is no ffmpeg to read videos with. Install ffmpeg, or let XINC_FFMPEG name one.',
    );
  });
});
