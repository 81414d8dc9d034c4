import { XincError } from '@xinc/core';
import type { Metadata, SharpOptions } from 'sharp';
import { detectFileKind } from '../file-kind.js';
import { MAX_FRAME_PIXELS } from '../framing.js';
import { exifOrientation, type Orientation } from '../orientation.js';
import { orAbort } from '../pause.js';
import { type Extent, formatExtent } from '../size.js';
import { isSrgbProfile } from './colour-probe.js';
import { BT709, type Encoding, encodeAsSrgb } from './encoding.js';
import { greyCurve } from './grey-profile.js';
import { loadSharp } from './load-sharp.js';
import { asUint16, hasTransparency, type Pixels } from './pixels.js';
import { avifEncoding, pngEncoding, type StatedEncoding } from './stated-encoding.js';

/** More pixels than this are not decoded, even to be made smaller: 268 megapixels, sharp's own limit. */
const MAX_DECODED_PIXELS = 0x3fff * 0x3fff;

/** An image whose header has been read and found acceptable. */
export interface ImageHeader extends Extent {
  /** As people call it: PNG, JPEG, … */
  readonly format: string;
  readonly metadata: Metadata;
  /** Which of the pictures in the file it is, and how many there are. */
  readonly page: number;
  readonly pages: number;
  readonly orientation: Orientation;
  /** Whether sharp is to convert colours by the file's profile. */
  readonly profile: boolean;
  /** How samples are brought to sRGB after decoding, where they are not in it. */
  readonly encoding?: Encoding;
  /** What had to be noticed or will be done on decoding, in words. */
  readonly notes: readonly string[];
}

/**
 * Reads the header of an image: its extent as displayed (EXIF orientation applied) and what decoding will do to it.
 * Decides from the header alone whether the picture is one to decode, so that a decompression bomb never is.
 *
 * @param willShrink Whether a `size` was given, which admits pictures beyond 100 megapixels.
 * @param page Which of several pictures in the file.
 * @throws XincError `invalid-file` for what is no image or is damaged, `unsupported` for formats that are not read
 *   and pictures that are too large.
 */
export async function readImageHeader(
  path: string,
  bytes: Buffer,
  willShrink: boolean,
  page = 0,
): Promise<ImageHeader> {
  const kind = await detectFileKind(path, bytes.subarray(0, 65_536));
  if (kind.kind === 'video' && kind.demuxer !== 'gif') {
    throw new XincError('usage', `${path}: is a video (${kind.format}), but an image is expected here`, {
      subject: path,
    });
  }
  const sharp = await loadSharp();
  const metadata = await sharp(bytes, { limitInputPixels: false, ...ofPage(page) })
    .metadata()
    .catch((error) => {
      throw damaged(path, kind.format, error);
    });
  const { height, width } = metadata.autoOrient;
  const limit = willShrink ? MAX_DECODED_PIXELS : MAX_FRAME_PIXELS;
  if (height * width > limit) {
    const megapixels = (height * width) / 1e6;
    throw new XincError(
      'unsupported',
      `${path}: ${formatExtent({ height, width })} is ${megapixels.toFixed(0)} megapixels, more than ${Math.floor(limit / 1e6)}`,
      { subject: path, ...(willShrink ? {} : { hint: 'Give a `size`, such as `size: 512`.' }) },
    );
  }
  checkSamples(path, metadata);
  const { icc, space, pages = 1 } = metadata;
  const profile = icc !== undefined && (space === 'cmyk' || !(await isSrgbProfile(icc)));
  const stated: StatedEncoding =
    icc && kind.format !== 'PNG'
      ? {}
      : kind.format.endsWith('PNG')
        ? pngEncoding(bytes)
        : kind.format === 'AVIF'
          ? avifEncoding(bytes)
          : {};
  const curve = profile && space === 'grey16' ? greyCurve(icc) : undefined;
  const encoding = curve ? { decode: curve, primaries: BT709 } : stated.encoding;
  return {
    height,
    width,
    format: kind.format,
    metadata,
    page,
    pages,
    orientation: exifOrientation(metadata.orientation),
    profile: profile && stated.encoding === undefined,
    ...(encoding && { encoding }),
    notes: headerNotes(metadata, profile && stated.encoding === undefined, stated.note),
  };
}

/** Floating-point, 32-bit and Lab samples have no agreed white: refused rather than guessed. */
function checkSamples(path: string, { depth, space }: Metadata): void {
  if ((depth === 'uchar' || depth === 'ushort') && space !== 'lab' && space !== 'labs') return;
  throw new XincError('unsupported', `${path}: ${depth} samples in colour space '${space}' are not read`, {
    subject: path,
    hint: 'Save it with 8 or 16 bits per channel in RGB or grey.',
  });
}

function headerNotes(metadata: Metadata, profile: boolean, stated: string | undefined): string[] {
  const { depth, icc, orientation = 1, space, bitsPerSample } = metadata;
  const grey = space === 'b-w' || space === 'grey16';
  return [
    ...(orientation > 1 ? [`turned upright by its EXIF orientation (${orientation})`] : []),
    ...(space === 'cmyk'
      ? [`converted from CMYK to sRGB by ${icc ? 'its colour profile' : 'a common profile, as the file has none'}`]
      : []),
    ...(profile && space !== 'cmyk' ? ['converted to sRGB by its colour profile'] : []),
    ...(stated === undefined ? [] : [stated]),
    ...(grey ? ['grey values used for red, green and blue alike'] : []),
    ...(depth === 'ushort' ? [`${bitsPerSample ?? 16} bits per channel`] : []),
  ];
}

/** The option by which sharp takes another than the first picture; formats with one alone do not know it. */
const ofPage = (page: number): SharpOptions => (page > 0 ? { page } : {});

/**
 * Decodes an image to sRGB at the depth it was stored with.
 * @throws XincError `invalid-file` if the data are cut short or damaged, `cancelled`.
 */
export async function decodePixels(
  path: string,
  bytes: Buffer,
  header: ImageHeader,
  abort?: AbortSignal,
): Promise<Pixels> {
  const pixels = await orAbort(decodeStored(path, bytes, header), abort);
  return header.encoding ? encodeAsSrgb(pixels, header.encoding, abort) : pixels;
}

async function decodeStored(path: string, bytes: Buffer, header: ImageHeader): Promise<Pixels> {
  const { depth } = header.metadata;
  const deep = depth === 'ushort';
  const options: SharpOptions = {
    failOn: 'error',
    limitInputPixels: MAX_DECODED_PIXELS,
    autoOrient: true,
    ignoreIcc: !header.profile,
    ...ofPage(header.page),
  };
  const sharp = await loadSharp();
  try {
    const image = sharp(bytes, options).toColourspace(deep ? 'rgb16' : 'srgb');
    // sharp brings 16-bit pictures with a profile to Display P3, and to sRGB only if that is asked for.
    if (deep && header.profile) image.withIccProfile('srgb', { attach: false });
    const { data, info } = await image.raw({ depth: deep ? 'ushort' : 'uchar' }).toBuffer({ resolveWithObject: true });
    if (info.channels !== 3 && info.channels !== 4) throw new Error(`${info.channels} channels`);
    const values = deep ? asUint16(data) : data;
    return { height: info.height, width: info.width, channels: info.channels, values };
  } catch (error) {
    throw damaged(path, header.format, error);
  }
}

/** The note for a picture whose alpha channel matters. */
export function transparencyNotes(pixels: Pixels): string[] {
  return hasTransparency(pixels) ? ['transparent pixels laid over white'] : [];
}

function damaged(path: string, format: string, error: unknown): XincError {
  const reason = (error as Error).message.split('\n')[0];
  return new XincError('invalid-file', `${path}: the ${format} data are damaged or cut short (${reason})`, {
    subject: path,
    cause: error,
  });
}
