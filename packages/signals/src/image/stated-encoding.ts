import { BT709, BT2020, DISPLAY_P3, type Encoding, type Primaries, samePrimaries, srgbToLinear } from './encoding.js';

/** What a file says of its colours beside a profile: how to bring them to sRGB, if they are not in it, and in words. */
export interface StatedEncoding {
  readonly encoding?: Encoding;
  readonly note?: string;
}

/** gAMA of sRGB, 1/2.2 in 100,000ths; what lies this close to it is taken for sRGB, as libpng does. */
const SRGB_GAMMA = 45_455;
const GAMMA_TOLERANCE = 0.05;

/**
 * What a PNG's chunks say of its colours: cICP, else (where there is no iCCP and no sRGB) gAMA and cHRM (PNG specification,
 * third edition, §11.3.2 and §13.13). Pictures without any are in sRGB.
 */
export function pngEncoding(bytes: Buffer): StatedEncoding {
  const chunks = colourChunks(bytes);
  const cicp = chunks.get('cICP');
  if (cicp && cicp.length >= 4) return codedEncoding(cicp[0], cicp[1], 'cICP');
  if (chunks.has('iCCP') || chunks.has('sRGB')) return {};
  const gamma = chunks.get('gAMA');
  const points = chunks.get('cHRM');
  const exponent = gamma && gamma.length >= 4 ? gamma.readUInt32BE(0) : SRGB_GAMMA;
  const primaries = points && points.length >= 32 ? primariesOf(points) : BT709;
  const isGamma = exponent > 0 && Math.abs(exponent / SRGB_GAMMA - 1) > GAMMA_TOLERANCE;
  const isWide = !samePrimaries(primaries, BT709) && isTriangle(primaries);
  const ignored = [
    ...(exponent === 0 ? ['its gamma (gAMA) is 0, which is none, and is ignored'] : []),
    ...(isTriangle(primaries) ? [] : ['its primaries (cHRM) span no colours and are ignored']),
  ];
  if (!isGamma && !isWide) return ignored.length > 0 ? { note: ignored.join('; ') } : {};
  const stated = [
    ...(isGamma ? [`gamma (gAMA ${(exponent / 100_000).toFixed(3)})`] : []),
    ...(isWide ? ['primaries (cHRM)'] : []),
  ];
  return {
    encoding: {
      decode: isGamma ? (sample) => sample ** (100_000 / exponent) : srgbToLinear,
      primaries: isWide ? primaries : BT709,
    },
    note: [`converted to sRGB by its ${stated.join(' and ')}`, ...ignored].join('; '),
  };
}

/** What an AVIF's `colr` box says of its colours by code points (ISO/IEC 14496-12, `nclx`). */
export function avifEncoding(bytes: Buffer): StatedEncoding {
  const box = bytes.subarray(0, 65_536).indexOf('colrnclx', 0, 'latin1');
  if (box < 0 || box + 12 > bytes.length) return {};
  return codedEncoding(bytes.readUInt16BE(box + 8), bytes.readUInt16BE(box + 10), 'nclx');
}

/** Code points of ITU-T H.273, tables 2 and 3; those of video are shown as sRGB is. */
function codedEncoding(primaries: number, transfer: number, where: string): StatedEncoding {
  if (transfer === 16 || transfer === 18) {
    return { note: `high dynamic range (${transfer === 16 ? 'smpte2084' : 'arib-std-b67'}) is not mapped to sRGB` };
  }
  const gamut = { 9: BT2020, 12: DISPLAY_P3 }[primaries];
  const decode = { 4: power(2.2), 5: power(2.8), 8: power(1) }[transfer];
  if (!gamut && !decode) return {};
  return {
    encoding: { decode: decode ?? srgbToLinear, primaries: gamut ?? BT709 },
    note: `converted to sRGB by its colour code points (${where} ${primaries}/${transfer})`,
  };
}

const power = (exponent: number) => (sample: number) => sample ** exponent;

/** The chunks before the pixels that say something of colours. */
function colourChunks(bytes: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at + 12 <= bytes.length; ) {
    const type = bytes.toString('latin1', at + 4, at + 8);
    const end = at + 12 + bytes.readUInt32BE(at);
    if (type === 'IDAT') break;
    if (/^(cICP|iCCP|sRGB|gAMA|cHRM)$/.test(type) && end <= bytes.length)
      chunks.set(type, bytes.subarray(at + 8, end - 4));
    at = end;
  }
  return chunks;
}

/** cHRM: white, red, green and blue in 100,000ths. */
function primariesOf(points: Buffer): Primaries {
  const at = (i: number): [number, number] => [points.readUInt32BE(8 * i) / 1e5, points.readUInt32BE(8 * i + 4) / 1e5];
  return [at(1), at(2), at(3), at(0)];
}

/** Whether chromaticities span colours at all: what is damaged need not. */
function isTriangle([[rx, ry], [gx, gy], [bx, by], [wx, wy]]: Primaries): boolean {
  const area = (gx - rx) * (by - ry) - (bx - rx) * (gy - ry);
  return Math.abs(area) > 0.01 && [ry, gy, by, wy].every((y) => y > 0.001 && y < 1) && wx > 0 && wx < 1;
}
