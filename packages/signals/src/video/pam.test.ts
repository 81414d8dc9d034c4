import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pixels } from '../image/pixels.js';
import { readPams } from './pam.js';

function pam(height: number, width: number, channels: number, scale: number, samples: Uint8Array): Buffer {
  const header = `P7\nWIDTH ${width}\nHEIGHT ${height}\nDEPTH ${channels}\nMAXVAL ${scale}\nTUPLTYPE RGB\nENDHDR\n`;
  return Buffer.concat([Buffer.from(header), samples]);
}

async function* chunks(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Buffer, size = bytes.length, maxPixels = 1000): Promise<Pixels[]> {
  const pictures: Pixels[] = [];
  for await (const picture of readPams(chunks(bytes, size), maxPixels)) pictures.push(picture);
  return pictures;
}

describe('readPams', () => {
  it('gives the same pictures however the stream is cut', async () => {
    const samples = Array.from({ length: 3 }, (_, t) => Uint8Array.from({ length: 24 }, (_, i) => i * 10 + t));
    const stream = Buffer.concat(samples.map((bytes) => pam(2, 4, 3, 255, bytes)));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 400 }), async (size) => {
        const pictures = await read(stream, size);
        expect(pictures.map(({ values }) => [...values])).toEqual(samples.map((bytes) => [...bytes]));
      }),
    );
  });

  it('reads 16-bit samples, high byte first, with alpha', async () => {
    const [picture] = await read(pam(1, 1, 4, 65_535, Uint8Array.of(1, 2, 0, 3, 255, 255, 0, 0)));
    expect(picture).toEqual({ height: 1, width: 1, channels: 4, values: Uint16Array.of(258, 3, 65_535, 0) });
  });

  it.each<[string, Buffer, string]>([
    ['another format', Buffer.alloc(2000), 'not a PAM stream'],
    ['a last picture that breaks off', pam(2, 2, 3, 255, new Uint8Array(5)), 'the last frame is incomplete'],
    ['an outsized picture', pam(40, 40, 3, 255, new Uint8Array(5)), 'frames of 40×40 are too large'],
    ['grey pictures', pam(1, 1, 1, 255, new Uint8Array(1)), 'not RGB'],
  ])('refuses %s', async (_, stream, message) => {
    await expect(read(stream)).rejects.toThrow(message);
  });
});
