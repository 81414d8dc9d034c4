import type { Pixels } from '../image/pixels.js';

/** No PAM header that ffmpeg writes is longer. */
const MAX_HEADER_BYTES = 1024;

/**
 * Pictures from a stream of PAM files (Netpbm's portable arbitrary map), each a text header that states its extent and
 * depth, then RGB or RGBA samples of 8 bits, or of 16 bits with the high byte first.
 * @param maxPixels A picture that claims more is an error, before any memory is taken for it.
 */
export async function* readPams(stream: AsyncIterable<Buffer>, maxPixels: number): AsyncGenerator<Pixels> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let header: PamHeader | undefined;
  for await (const chunk of stream) {
    pending.push(chunk);
    pendingBytes += chunk.length;
    for (;;) {
      if (header === undefined) {
        const bytes = Buffer.concat(pending);
        header = readHeader(bytes, maxPixels);
        if (header === undefined) {
          pending = [bytes];
          break;
        }
        pending = [bytes.subarray(header.bytes)];
        pendingBytes -= header.bytes;
      }
      if (pendingBytes < header.sampleBytes) break;
      const bytes = Buffer.concat(pending);
      yield toPixels(header, bytes.subarray(0, header.sampleBytes));
      pending = [bytes.subarray(header.sampleBytes)];
      pendingBytes -= header.sampleBytes;
      header = undefined;
    }
  }
  if (pendingBytes > 0) throw new Error('the last frame is incomplete');
}

interface PamHeader {
  readonly bytes: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 3 | 4;
  readonly deep: boolean;
  readonly sampleBytes: number;
}

/** The header at the start of `bytes`, or nothing as long as its end is not there. */
function readHeader(bytes: Buffer, maxPixels: number): PamHeader | undefined {
  const end = bytes.subarray(0, MAX_HEADER_BYTES).indexOf('ENDHDR\n');
  if (end < 0) {
    if (bytes.length >= MAX_HEADER_BYTES) throw new Error('not a PAM stream');
    return undefined;
  }
  const text = bytes.toString('latin1', 0, end);
  const field = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
  const [height, width, channels, scale] = ['HEIGHT', 'WIDTH', 'DEPTH', 'MAXVAL'].map(field);
  if (!(height * width <= maxPixels)) throw new Error(`frames of ${height}×${width} are too large`);
  if ((channels !== 3 && channels !== 4) || (scale !== 255 && scale !== 65_535)) throw new Error('not RGB');
  const deep = scale === 65_535;
  return {
    bytes: end + 'ENDHDR\n'.length,
    height,
    width,
    channels,
    deep,
    sampleBytes: height * width * channels * (deep ? 2 : 1),
  };
}

function toPixels({ height, width, channels, deep }: PamHeader, samples: Buffer): Pixels {
  if (!deep) return { height, width, channels, values: samples };
  const values = new Uint16Array(samples.length / 2);
  for (let i = 0; i < values.length; i++) values[i] = samples.readUInt16BE(2 * i);
  return { height, width, channels, values };
}
