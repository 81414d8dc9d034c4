import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { carried, ffmpeg, movingPictures, writeClip } from '../../test/clips.js';
import { fixtureFolder, picture } from '../../test/fixtures.js';
import { openSignal } from '../open-signal.js';
import type { SourceSignal } from '../signal-source.js';
import { sha256 } from '../source-file.js';

const { folder, put } = await fixtureFolder();
const size = { height: 12, width: 16 };
const pictures = movingPictures(9, size.height, size.width);
const at = (name: string) => join(folder, name);

beforeAll(() => {
  // Another ffmpeg can be put to the test by naming it.
  process.env.XINC_FFMPEG ??= carried.path;
  writeClip(at('exact.mkv'), pictures, size);
});

/** Every frame as 8-bit values. */
async function framesOf(signal: SourceSignal): Promise<number[][]> {
  const frames = Array.from({ length: signal.shape.frames }, async (_, i) =>
    Array.from((await signal.frame(i)).rgb, (v) => Math.round(v * 255)),
  );
  return Promise.all(frames);
}

const exactly = (indices: readonly number[]) => indices.map((i) => [...pictures[i]]);

describe('a clip without loss', () => {
  it('gives its exact values, in any order', async () => {
    const path = at('exact.mkv');
    const signal = await openSignal(path);
    expect(signal.shape).toEqual({ kind: 'video', frames: 9, ...size });
    expect(signal.source).toEqual({
      path,
      sha256: sha256(readFileSync(path)),
      originalHeight: 12,
      originalWidth: 16,
      frameRate: 10,
      notes: [],
    });
    expect(signal.origins.map(({ name, index }) => [name, index])[7]).toEqual(['frame-0007', 7]);
    for (const index of [8, 0, 3]) {
      const expected = Array.from(pictures[index], (v) => Math.fround(v / 255));
      expect(Array.from((await signal.frame(index)).rgb)).toEqual(expected);
    }
    await expect(signal.frame(9)).rejects.toThrow(`${path}: there is no frame 9; its frames are 0 to 8`);
  });

  it('gives its memory back when it is told to', async () => {
    const signal = await openSignal(at('exact.mkv'));
    signal.release!();
    await expect(signal.frame(0)).rejects.toThrow(`${at('exact.mkv')}: its frames were released`);
    expect(signal.shape.frames).toBe(9);
  });

  it('keeps 16 bits', async () => {
    const deep = Uint16Array.from({ length: 12 * 16 * 3 }, (_, i) => (i * 113) % 65_536);
    const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb48le', '-s', '16x12', '-i', 'pipe:0'];
    ffmpeg([...input, '-c:v', 'ffv1', '-pix_fmt', 'gbrp16le', at('deep.mkv')], new Uint8Array(deep.buffer));
    const { rgb } = await (await openSignal(at('deep.mkv'))).frame(0);
    expect(Array.from(rgb)).toEqual(Array.from(deep, (v) => Math.fround(v / 65_535)));
  });

  it('is cropped and resized exactly as its pictures would be', async () => {
    const framing = { crop: { height: 10, width: 12 }, size: { height: 5, width: 20 } };
    const clip = await openSignal(at('exact.mkv'), { ...framing, frames: { start: 4, stop: 5 } });
    const still = await openSignal(await put('still.png', picture(12, 16, pictures[4]).png()), framing);
    expect(clip.shape).toMatchObject({ frames: 1, height: 5, width: 20 });
    const [a, b] = [(await clip.frame(0)).rgb, (await still.frame(0)).rgb];
    for (let i = 0; i < b.length; i++) expect(Math.abs(a[i] - b[i])).toBeLessThan(1e-5);
    expect(clip.source.notes).toEqual(['1 frame taken by `frames: 4:5`', ...still.source.notes]);
  });

  it('tells how far it has come', async () => {
    const seen: unknown[] = [];
    await openSignal(at('exact.mkv'), { frames: { stop: 2 }, onProgress: (...progress) => seen.push(progress) });
    await openSignal(at('exact.mkv'), { frames: { start: 8 }, onProgress: (...progress) => seen.push(progress) });
    expect(seen).toEqual([
      [1, 2],
      [2, 2],
      [1, undefined],
    ]);
  });
});

describe('frames', () => {
  it('takes what a slice takes', async () => {
    const bound = fc.option(fc.integer({ min: -10, max: 12 }), { nil: undefined });
    const range = fc.record({ start: bound, stop: bound, step: fc.integer({ min: 1, max: 4 }) });
    await fc.assert(
      fc.asyncProperty(range, async ({ start, stop, step }) => {
        const indices = pictures
          .map((_, i) => i)
          .slice(start, stop)
          .filter((_, i) => i % step === 0);
        const opening = openSignal(at('exact.mkv'), { frames: { start, stop, step } });
        if (indices.length === 0) {
          await expect(opening).rejects.toThrow(/^`frames: .*` takes no frame: .*exact\.mkv has 9 frames, 0 to 8$/);
          return;
        }
        const signal = await opening;
        expect(signal.origins.map(({ index }) => index)).toEqual(indices);
        expect(await framesOf(signal)).toEqual(exactly(indices));
        expect(signal.source.frameRate).toBeCloseTo(10 / step);
      }),
      { numRuns: 12 },
    );
  });

  it('notes a clip that ends early', async () => {
    const { source } = await openSignal(at('exact.mkv'), { frames: { start: 6, stop: 30 } });
    expect(source.notes).toEqual(['3 frames taken by `frames: 6:30`; the clip ends before the 24 asked for']);
  });
});

describe('containers and codecs', () => {
  it.each([
    ['h264.mp4', ['-c:v', 'libx264rgb', '-qp', '0']],
    ['h264.mov', ['-c:v', 'libx264rgb', '-qp', '0']],
    ['png.avi', ['-c:v', 'png']],
  ])('%s, without loss', async (name, output) => {
    writeClip(at(name), pictures, { ...size, output });
    const signal = await openSignal(at(name));
    expect(await framesOf(signal)).toEqual(exactly([0, 1, 2, 3, 4, 5, 6, 7, 8]));
    expect(signal.source.frameRate).toBeCloseTo(10);
  });

  it.each([
    ['vp9.webm', ['-c:v', 'libvpx-vp9', '-crf', '10', '-b:v', '0', '-pix_fmt', 'yuv444p']],
    ['h264-10-bit.mp4', ['-c:v', 'libx264', '-crf', '5', '-pix_fmt', 'yuv444p10le']],
    ['mpeg4.avi', ['-c:v', 'mpeg4', '-q:v', '1']],
  ])('%s, closely', async (name, output) => {
    const flat = [60, 120, 180].map((v) => new Uint8Array(32 * 48 * 3).map((_, i) => v + [40, 0, -30][i % 3]));
    writeClip(at(name), flat, { height: 32, width: 48, output });
    const signal = await openSignal(at(name));
    expect(signal.shape).toEqual({ kind: 'video', frames: 3, height: 32, width: 48 });
    for (const [i, frame] of (await framesOf(signal)).entries()) {
      for (let k = 0; k < frame.length; k++) expect(Math.abs(frame[k] - flat[i][k])).toBeLessThan(6);
    }
  });

  it('an animated GIF, a still one being an image', async () => {
    const two = [0, 200].map((v) => new Uint8Array(4 * 4 * 3).fill(v));
    writeClip(at('animated.gif'), two, { height: 4, width: 4, output: ['-pix_fmt', 'gray'] });
    const animated = await openSignal(at('animated.gif'));
    expect(animated.shape).toEqual({ kind: 'video', frames: 2, height: 4, width: 4 });
    expect(await framesOf(animated)).toEqual(two.map((v) => [...v]));
    writeClip(at('still.gif'), two.slice(1), { height: 4, width: 4, output: ['-pix_fmt', 'gray'] });
    expect((await openSignal(at('still.gif'))).shape.kind).toBe('image');
    expect((await openSignal(at('still.gif'), { kind: 'video' })).shape).toMatchObject({ kind: 'video', frames: 1 });
    expect((await openSignal(at('animated.gif'), { kind: 'image' })).shape).toMatchObject({ kind: 'image', frames: 1 });
  });

  it('a picture as a video of one frame', async () => {
    const path = await put('one.png', picture(12, 16, pictures[0]).png());
    expect((await openSignal(path, { kind: 'video' })).shape).toEqual({ kind: 'video', frames: 1, ...size });
  });
});

describe('what clips carry along', () => {
  it('rotation is applied, before the crop', async () => {
    // ffmpeg 4 writes the angle counterclockwise.
    const rotate = (degrees: number) => {
      writeClip(at('plain.mp4'), pictures, { ...size, output: ['-c:v', 'libx264rgb', '-qp', '0'] });
      ffmpeg([
        '-i',
        at('plain.mp4'),
        '-metadata:s:v',
        `rotate=${360 - degrees}`,
        '-c',
        'copy',
        at(`turned-${degrees}.mp4`),
      ]);
      return at(`turned-${degrees}.mp4`);
    };
    const quarter = await openSignal(rotate(90), { frames: { stop: 1 } });
    expect(quarter.shape).toEqual({ kind: 'video', frames: 1, height: 16, width: 12 });
    expect(quarter.source).toMatchObject({ originalHeight: 16, originalWidth: 12 });
    expect(quarter.source.notes).toContain('turned upright by its rotation of 90°');
    const [turned] = await framesOf(quarter);
    for (let y = 0; y < 16; y++) {
      for (let x = 0; x < 12; x++) {
        const from = ((11 - x) * 16 + y) * 3;
        expect(turned.slice((y * 12 + x) * 3, (y * 12 + x) * 3 + 3)).toEqual([...pictures[0].slice(from, from + 3)]);
      }
    }
    const half = await openSignal(rotate(180), { frames: { stop: 1 } });
    expect(half.source.notes).toContain('turned upright by its rotation of 180°');
    expect((await framesOf(half))[0].slice(0, 3)).toEqual([...pictures[0].slice(-3)]);
  });

  it('a variable frame rate: frames as stored, none doubled or dropped', async () => {
    ffmpeg([
      '-i',
      at('exact.mkv'),
      '-vf',
      "select='not(between(n,3,6))'",
      '-vsync',
      'passthrough',
      '-c:v',
      'ffv1',
      at('vfr.mkv'),
    ]);
    const signal = await openSignal(at('vfr.mkv'));
    expect(await framesOf(signal)).toEqual(exactly([0, 1, 2, 7, 8]));
    expect(signal.source.frameRate).toBeCloseTo(5);
    expect(signal.source.notes).toEqual([
      'variable frame rate: frames are shown for 0.100 to 0.500 s, and are taken as stored',
    ]);
  });

  it('pixels that are not square are noted', async () => {
    const output = ['-c:v', 'ffv1', '-pix_fmt', 'bgr0', '-vf', 'setsar=16/9'];
    writeClip(at('anamorphic.mkv'), pictures, { ...size, output });
    const { shape, source } = await openSignal(at('anamorphic.mkv'));
    expect(shape).toMatchObject(size);
    expect(source.notes).toEqual(['pixels are 1.78 times as wide as high; frames are kept as stored']);
  });

  it('transparency is laid over white', async () => {
    const rgba = Uint8Array.of(255, 0, 0, 255, 0, 0, 0, 0);
    const input = ['-f', 'rawvideo', '-pix_fmt', 'rgba', '-s', '2x1', '-i', 'pipe:0'];
    ffmpeg([...input, '-c:v', 'ffv1', '-pix_fmt', 'bgra', at('alpha.mkv')], rgba);
    const signal = await openSignal(at('alpha.mkv'));
    expect(await framesOf(signal)).toEqual([[255, 0, 0, 255, 255, 255]]);
    expect(signal.source.notes).toEqual(['transparent pixels laid over white']);
  });

  it('a name that looks like an option, a protocol or a pattern is a name', async () => {
    for (const name of ['-i.mkv', 'concat:a|b.mkv', 'http:%03d*.mkv'].slice(0, process.platform === 'win32' ? 1 : 3)) {
      writeFileSync(at(name), readFileSync(at('exact.mkv')));
      const before = process.cwd();
      process.chdir(folder);
      try {
        expect((await openSignal(name)).shape.frames).toBe(9);
      } finally {
        process.chdir(before);
      }
    }
  });
});

describe('refusals, one clear line each', () => {
  async function refusal(path: string, options = {}) {
    const error = await openSignal(path, options).then(
      () => undefined,
      (e) => e,
    );
    expect(error?.name).toBe('XincError');
    expect(error.message).not.toContain('\n');
    expect(error.details).toBeUndefined();
    return { code: error.code, line: error.message.replace(path, 'FILE') };
  }

  it('a text file called .mp4', async () => {
    expect(await refusal(await put('text.mp4', 'lights, camera, action'))).toMatchObject({
      code: 'invalid-file',
      line: expect.stringMatching(/^FILE: the contents are no picture or video of a known format\. XINC reads/),
    });
  });

  it('a playlist, which is never followed', async () => {
    const playlist = '#EXTM3U\n#EXTINF:1,\nexact.mkv\n#EXT-X-ENDLIST\n';
    expect(await refusal(await put('list.m3u8', playlist))).toMatchObject({ code: 'invalid-file' });
    expect(await refusal(await put('list.mp4', `\0\0\0\x18ftypisom${playlist}`))).toMatchObject({
      code: 'invalid-file',
    });
  });

  it('sound without video', async () => {
    ffmpeg(['-f', 'lavfi', '-i', 'sine=duration=0.3', at('sound.mp4')]);
    ffmpeg(['-f', 'lavfi', '-i', 'sine=duration=0.3', at('sound.webm')]);
    for (const name of ['sound.mp4', 'sound.webm']) {
      expect(await refusal(at(name))).toEqual({
        code: 'invalid-file',
        line: 'FILE: there is no video in the file, only sound or other data',
      });
    }
    ffmpeg(['-f', 'lavfi', '-i', 'sine=duration=0.3', at('sound.wav')]);
    expect(await refusal(at('sound.wav'))).toMatchObject({ code: 'unsupported' });
  });

  it('no frames', async () => {
    writeClip(at('none.mkv'), [], size);
    expect(await refusal(at('none.mkv'))).toMatchObject({ code: 'invalid-file' });
    writeClip(at('none.avi'), [], { ...size, output: ['-c:v', 'mpeg4'] });
    expect(await refusal(at('none.avi'))).toEqual({
      code: 'invalid-file',
      line: 'FILE: there are no frames in the video',
    });
  });

  it.each([
    ['mp4', ['-c:v', 'libx264', '-movflags', '+faststart']],
    ['mkv', ['-c:v', 'ffv1']],
    ['webm', ['-c:v', 'libvpx']],
    ['avi', ['-c:v', 'mpeg4']],
    ['gif', []],
  ])('a truncated %s', async (extension, output) => {
    const path = at(`whole.${extension}`);
    writeClip(path, movingPictures(12, 32, 48), { height: 32, width: 48, output });
    const whole = readFileSync(path);
    for (const part of [0.4, 0.8]) {
      const cut = at(`cut-${part}.${extension}`);
      writeFileSync(cut, whole.subarray(0, Math.floor(whole.length * part)));
      const { code, line } = await refusal(cut);
      expect(code).toBe('invalid-file');
      expect(line).toMatch(/^FILE: the (video|GIF) data are damaged or cut short \(.+\)$/);
    }
  });

  it('an mp4 whose index never was written', async () => {
    writeClip(at('late.mp4'), pictures, { ...size, output: ['-c:v', 'libx264'] });
    truncateSync(at('late.mp4'), 600);
    expect(await refusal(at('late.mp4'))).toEqual({
      code: 'invalid-file',
      line: 'FILE: the video data are damaged or cut short (moov atom not found)',
    });
  });

  it('random damage gives an error or frames, nothing else', async () => {
    const whole = readFileSync(at('exact.mkv'));
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (where, change) => {
        const bytes = Buffer.from(whole);
        bytes[where] ^= change;
        const path = await put('damaged.mkv', bytes);
        const result = await openSignal(path).catch((error) => error);
        expect(result.name === 'XincError' || result.shape.frames > 0).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  it('frames that change size in the middle', async () => {
    const output = ['-c:v', 'mjpeg', '-f', 'mjpeg'];
    writeClip(at('a.mjpeg'), pictures, { ...size, output });
    writeClip(at('b.mjpeg'), movingPictures(9, 24, 32), { height: 24, width: 32, output });
    writeFileSync(at('both.mjpeg'), Buffer.concat([readFileSync(at('a.mjpeg')), readFileSync(at('b.mjpeg'))]));
    ffmpeg(['-f', 'mjpeg', '-i', at('both.mjpeg'), '-c', 'copy', at('both.mkv')]);
    expect(await refusal(at('both.mkv'))).toEqual({
      code: 'invalid-file',
      line: 'FILE: the size or format of the frames changes in the middle of the clip. Cut it into clips of one size.',
    });
  });

  it('frames that do not fit in memory, before they are all decoded', async () => {
    expect(await refusal(at('exact.mkv'), { frames: { stop: 9 }, size: { height: 9000, width: 9000 } })).toEqual({
      code: 'unsupported',
      line:
        'FILE: 9 frames of 9000×9000 or more do not fit in 4 GiB. ' +
        'Take fewer with `frames`, such as `frames: 0:100`, or make them smaller with `size`.',
    });
  });

  it('a clip where an image is wanted', async () => {
    expect(await refusal(at('exact.mkv'), { kind: 'image' })).toEqual({
      code: 'usage',
      line: 'FILE: is a video (MKV), but an image is expected here',
    });
  });

  it('a reading that is aborted, with ffmpeg stopped', async () => {
    expect(await refusal(at('exact.mkv'), { abort: AbortSignal.abort() })).toEqual({
      code: 'cancelled',
      line: 'Cancelled',
    });
    const controller = new AbortController();
    const onProgress = (read: number) => read === 2 && controller.abort();
    expect(await refusal(at('exact.mkv'), { abort: controller.signal, onProgress })).toMatchObject({
      code: 'cancelled',
    });
  });
});
