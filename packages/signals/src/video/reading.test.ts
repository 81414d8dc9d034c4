import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { carried, ffmpeg } from '../../test/clips.js';
import { fixtureFolder, picture } from '../../test/fixtures.js';
import { readSignalLabels } from '../labels/read-labels.js';
import { openSignal } from '../open-signal.js';
import { parseMatrix } from './inspect.js';

const { folder, put } = await fixtureFolder();
const at = (name: string) => join(folder, name);

beforeAll(() => {
  process.env.XINC_FFMPEG ??= carried.path;
});

const ASSUMED = (matrix: string) =>
  `the file names no colour matrix: ${matrix} is assumed by the size of its frames; \`matrix\` names another`;

/** The pixel in the middle of the first frame, in 255ths. */
async function middle(path: string, options = {}) {
  const signal = await openSignal(path, options);
  const { height, width, rgb } = await signal.frame(0);
  const start = ((height >> 1) * width + (width >> 1)) * 3;
  return { rgb: Array.from(rgb.subarray(start, start + 3), (v) => v * 255), notes: signal.source.notes };
}

function close(actual: readonly number[], expected: readonly number[], tolerance = 2) {
  for (const [i, value] of expected.entries()) expect(Math.abs(actual[i] - value)).toBeLessThanOrEqual(tolerance);
}

/** A clip of one Y′CbCr colour, as stored. */
function flat(name: string, size: string, [y, u, v]: readonly number[], output: readonly string[] = []): string {
  const filter = `format=yuv420p,geq=lum=${y}:cb=${u}:cr=${v}`;
  ffmpeg([
    ...['-f', 'lavfi', '-i', `color=s=${size}:d=0.3:r=10`, '-vf', filter],
    ...['-c:v', 'libx264', '-qp', '0', ...output, at(name)],
  ]);
  return at(name);
}

describe('the matrix of colours', () => {
  // (200, 100, 50) in BT.709 and in BT.601, rounded to whole numbers as they are stored.
  const [BT709, BT601] = [
    [117, 96, 174],
    [123, 91, 175],
  ];

  it('is that of HD in large frames and of SD in small ones, where the file names none', async () => {
    const hd = await middle(flat('hd.mp4', '1280x720', BT709));
    close(hd.rgb, [200, 100, 50]);
    expect(hd.notes).toEqual([ASSUMED('bt709')]);
    const sd = await middle(flat('sd.mp4', '720x576', BT601));
    close(sd.rgb, [200, 100, 50]);
    expect(sd.notes).toEqual([ASSUMED('bt601')]);
  });

  it('is the file’s where it names one, which needs no word', async () => {
    const tagged = await middle(
      flat('tagged.mp4', '64x48', BT709, ['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709']),
    );
    close(tagged.rgb, [200, 100, 50]);
    expect(tagged.notes).toEqual([]);
  });

  it('is the user’s before all', async () => {
    const { rgb, notes } = await middle(flat('user.mp4', '64x48', BT709), { matrix: 'bt709' });
    close(rgb, [200, 100, 50]);
    expect(notes).toEqual(['colours read by the matrix bt709, as `matrix` says']);
    expect(() => parseMatrix('rec709')).toThrow('`matrix: rec709`: expected bt601, bt709, bt2020');
  });

  it('of BT.2020 comes with wider primaries, which are converted', async () => {
    // (200, 100, 50) of BT.2020 by the matrices of the two sets of primaries, in linear light.
    const tags = ['-colorspace', 'bt2020nc', '-color_primaries', 'bt2020', '-color_trc', 'bt2020-10'];
    const { rgb, notes } = await middle(flat('wide.mp4', '64x48', [122, 94, 174], tags));
    close(rgb, [241.3, 75.9, 29.1], 4);
    expect(notes).toEqual(['converted to sRGB from the wider primaries bt2020']);
  });
});

describe('transparency of WebM', () => {
  it.each([
    ['VP8', ['-c:v', 'libvpx', '-auto-alt-ref', '0']],
    ['VP9', ['-c:v', 'libvpx-vp9', '-lossless', '1']],
  ])('%s is laid over white', async (codec, encoder) => {
    const input = ['-f', 'rawvideo', '-pix_fmt', 'rgba', '-s', '32x32', '-r', '10', '-i', 'pipe:0'];
    const half = new Uint8Array(32 * 32 * 4).map(
      (_, i) => (Math.floor(i / 4) % 32 < 16 ? [200, 0, 0, 255] : [0, 200, 0, 0])[i % 4],
    );
    const path = at(`${codec}.webm`);
    const alpha = ['-pix_fmt', 'yuva420p', '-metadata:s:v:0', 'alpha_mode=1'];
    ffmpeg([...input, ...encoder, '-b:v', '1M', ...alpha, path], Buffer.concat([half, half, half]));
    const signal = await openSignal(path);
    const { rgb } = await signal.frame(1);
    const pixel = (x: number) => Array.from(rgb.subarray((16 * 32 + x) * 3, (16 * 32 + x) * 3 + 3), (v) => v * 255);
    close(pixel(4), [200, 0, 0], 6);
    close(pixel(28), [255, 255, 255], 1);
    expect(signal.source.notes).toEqual([ASSUMED('bt601'), 'transparent pixels laid over white']);
  });
});

describe('interlaced footage', () => {
  /** A moving pattern at 25 frames per second, made of 50 fields. */
  function interlaced(name: string, first: 'tff' | 'bff', output: readonly string[]): string {
    const fields = ['-f', 'lavfi', '-i', 'testsrc2=s=320x240:r=50:d=0.6', '-vf', `interlace=scan=${first}:lowpass=0`];
    ffmpeg([...fields, '-pix_fmt', 'yuv420p', ...output, at(name)]);
    return at(name);
  }
  const marked = (first: string) => ['-c:v', 'libx264', '-flags', '+ilme+ildct', '-x264-params', `${first}=1`];
  const kept = (first: string) =>
    `frames are interlaced (${first} field first) and kept as stored, moving edges combed; \`deinterlace\` makes whole frames of them`;

  it('is said to be so, marked by its stream or not', async () => {
    const top = await openSignal(interlaced('top.mp4', 'tff', marked('tff')));
    expect(top.source.notes).toContain(kept('top'));
    const bottom = await openSignal(interlaced('bottom.mp4', 'bff', marked('bff')));
    expect(bottom.source.notes).toContain(kept('bottom'));
    const unmarked = await openSignal(
      interlaced('unmarked.mp4', 'tff', ['-c:v', 'libx264', '-vf', 'interlace=scan=tff:lowpass=0,setfield=prog']),
    );
    expect(unmarked.source.notes).toContain(kept('top'));
  });

  it('is not seen in whole frames; what is marked and looks whole is said', async () => {
    const whole = ['-f', 'lavfi', '-i', 'testsrc2=s=320x240:r=25:d=0.6', '-pix_fmt', 'yuv420p', '-c:v', 'libx264'];
    ffmpeg([...whole, at('whole.mp4')]);
    expect((await openSignal(at('whole.mp4'))).source.notes).toEqual([ASSUMED('bt601')]);
    ffmpeg([...whole, '-x264-params', 'tff=1', at('psf.mp4')]);
    expect((await openSignal(at('psf.mp4'))).source.notes).toContainEqual(
      expect.stringMatching(/^frames are interlaced .* kept as stored, though they look whole; `deinterlace`/),
    );
  });

  it('becomes whole frames by deinterlacing: as many, and no longer combed', async () => {
    const path = interlaced('comb.mp4', 'tff', marked('tff'));
    const [stored, made] = [await openSignal(path), await openSignal(path, { deinterlace: true })];
    expect(made.shape).toEqual(stored.shape);
    expect(made.source.notes).toContain('deinterlaced (bwdif, top field first)');
    const [combed, smooth] = [await combing(stored), await combing(made)];
    expect(smooth).toBeLessThan(0.7 * combed);
  });

  /** Mean difference of a row from the mean of those above and below it. */
  async function combing(signal: Awaited<ReturnType<typeof openSignal>>): Promise<number> {
    const { height, width, rgb } = await signal.frame(6);
    let sum = 0;
    for (let i = width * 3; i < (height - 1) * width * 3; i++) {
      sum += Math.abs(rgb[i] - (rgb[i - width * 3] + rgb[i + width * 3]) / 2);
    }
    return sum / rgb.length;
  }
});

describe('files of several pictures', () => {
  const [height, width] = [8, 10];
  const levels = [0, 60, 120, 240];
  const stack = new Uint8Array(levels.length * height * width * 3).map(
    (_, i) => levels[Math.floor(i / (height * width * 3))],
  );
  const pages = () => picture(levels.length * height, width, stack);

  beforeAll(async () => {
    const raw = { raw: { width, height: levels.length * height, channels: 3 as const, pageHeight: height } };
    const { default: sharp } = await import('sharp');
    await put('a.webp', sharp(stack, raw).webp({ lossless: true, delay: [100, 100, 100, 100] }));
    await put('a.gif', sharp(stack, raw).gif());
    await put('a.tiff', sharp(stack, raw).tiff({ compression: 'none' }));
    const input = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`, '-r', '10', '-i', 'pipe:0'];
    ffmpeg([...input, '-f', 'apng', at('a.png')], await pages().raw().toBuffer());
  });

  it.each(['a.webp', 'a.gif', 'a.tiff', 'a.png'])('%s is a video of them', async (name) => {
    const signal = await openSignal(at(name));
    expect(signal.shape).toEqual({ kind: 'video', frames: 4, height, width });
    for (const [i, level] of levels.entries()) {
      for (const v of (await signal.frame(i)).rgb) expect(v * 255).toBeCloseTo(level, 2);
    }
    if (name !== 'a.tiff') expect(signal.source.frameRate).toBeCloseTo(10, 0);
    const some = await openSignal(at(name), { frames: { start: 1, step: 2 } });
    expect(some.origins.map(({ index }) => index)).toEqual([1, 3]);
    expect((await some.frame(1)).rgb[0] * 255).toBeCloseTo(240, 2);
  });

  it.each(['a.webp', 'a.gif', 'a.tiff', 'a.png'])(
    '%s is one of them for a network of images, said with the choice',
    async (name) => {
      const first = await openSignal(at(name), { severalAs: 'image' });
      expect(first.shape).toEqual({ kind: 'image', frames: 1, height, width });
      expect(first.source.notes).toEqual(['picture 0 of the 4 in the file is used; `frames` takes another, 0 to 3']);
      const third = await openSignal(at(name), { severalAs: 'image', frames: { start: 2, stop: 3 } });
      expect((await third.frame(0)).rgb[0] * 255).toBeCloseTo(120, 2);
      expect(third.source.notes).toEqual(['picture 2 of the 4 in the file is used; `frames` takes another, 0 to 3']);
      await expect(openSignal(at(name), { kind: 'image', frames: { stop: 2 } })).rejects.toThrow(
        `\`frames: :2\` takes 2 of the 4 pictures in ${at(name)}, but an image is one. Name one, such as \`frames: 0\`, or choose a model of videos.`,
      );
    },
  );
});

it('options of clips are refused for what is no clip', async () => {
  const path = await put('still.png', picture(2, 2, new Uint8Array(12)).png());
  await expect(openSignal(path, { matrix: 'bt709' })).rejects.toThrow(
    `\`matrix\` is for video files, which ${path} is not`,
  );
  await expect(openSignal(path, { deinterlace: true })).rejects.toThrow('`deinterlace` is for video files');
});

it('labels drawn on the frames as stored are turned like a rotated clip', async () => {
  const stored = Uint8Array.from({ length: 16 * 24 }, (_, i) => i % 251);
  const input = ['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', '24x16', '-r', '10', '-i', 'pipe:0'];
  ffmpeg([...input, '-vf', 'format=rgb24', '-c:v', 'libx264rgb', '-qp', '0', at('upright.mp4')], stored);
  ffmpeg(['-i', at('upright.mp4'), '-metadata:s:v', 'rotate=270', '-c', 'copy', at('turned.mp4')]);
  const signal = await openSignal(at('turned.mp4'));
  const labels = await put('turned.png', picture(16, 24, stored).png());
  const { frames, notes } = await readSignalLabels(labels, signal, { void: [] });
  expect(notes).toEqual(['turned like the picture, by its rotation of 90°']);
  const { rgb } = await signal.frame(0);
  for (const [p, label] of frames[0].labels.entries()) expect(label).toBe(Math.round(rgb[3 * p] * 255));
});

it('a reading that is aborted leaves no ffmpeg behind', async () => {
  ffmpeg([
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=640x360:r=25:d=20',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    at('long.mp4'),
  ]);
  for (const after of [30, 1500]) {
    const abort = new AbortController();
    let aborted = 0;
    setTimeout(() => {
      aborted = performance.now();
      abort.abort();
    }, after);
    await expect(openSignal(at('long.mp4'), { abort: abort.signal, size: { longest: 32 } })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(performance.now() - aborted).toBeLessThan(300);
    if (process.platform !== 'win32') {
      expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(at('long.mp4'));
    }
  }
});
