/** Primaries of a profile, adapted to D50: XYZ of red, green and blue (ICC.1:2022 Annex E; values of Lindbloom and Apple). */
export const SRGB_D50 = [
  [0.43607, 0.22249, 0.01392],
  [0.38515, 0.71687, 0.09708],
  [0.14307, 0.06061, 0.7141],
] as const;
export const P3_D50 = [
  [0.51512, 0.2412, -0.00105],
  [0.29198, 0.69225, 0.04189],
  [0.1571, 0.06657, 0.78407],
] as const;

interface ProfileText {
  readonly description: string;
  readonly copyright?: string;
}

/** A colour profile of three primaries and one gamma (ICC.1:2001, version 2). */
export function rgbProfile(primaries: typeof SRGB_D50 | typeof P3_D50, gamma: number, text: ProfileText): Buffer {
  const curve = gammaCurve(gamma);
  return profile('RGB ', text, [
    ...(['rXYZ', 'gXYZ', 'bXYZ'] as const).map((name, i) => [name, xyz(primaries[i])] as const),
    ...(['rTRC', 'gTRC', 'bTRC'] as const).map((name) => [name, curve] as const),
  ]);
}

/** A grey profile of one gamma. */
export function greyProfile(gamma: number): Buffer {
  return profile('GRAY', { description: 'grey' }, [['kTRC', gammaCurve(gamma)]]);
}

const D50 = [0.9642, 1, 0.8249] as const;

function profile(
  space: 'RGB ' | 'GRAY',
  { description, copyright = 'none' }: ProfileText,
  colours: readonly (readonly [string, Buffer])[],
): Buffer {
  const tags: (readonly [string, Buffer])[] = [
    ['desc', descriptionTag(description)],
    ['cprt', Buffer.from(`text\0\0\0\0${copyright}\0`, 'latin1')],
    ['wtpt', xyz(D50)],
    ...colours,
  ];
  const directory = Buffer.alloc(4 + 12 * tags.length);
  directory.writeUInt32BE(tags.length);
  const bodies: Buffer[] = [];
  let at = 128 + directory.length;
  for (const [i, [name, body]] of tags.entries()) {
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
    directory.write(name, 4 + 12 * i, 'latin1');
    directory.writeUInt32BE(at, 8 + 12 * i);
    directory.writeUInt32BE(padded.length, 12 + 12 * i);
    bodies.push(padded);
    at += padded.length;
  }
  const header = Buffer.alloc(128);
  header.writeUInt32BE(at, 0);
  header.writeUInt32BE(0x02_40_00_00, 8);
  header.write(`mntr${space}XYZ `, 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  xyz(D50).copy(header, 68, 8);
  return Buffer.concat([header, directory, ...bodies]);
}

const fixed = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(Math.round(value * 65_536));
  return bytes;
};

const xyz = (values: readonly number[]): Buffer =>
  Buffer.concat([Buffer.from('XYZ \0\0\0\0', 'latin1'), ...values.map(fixed)]);

function gammaCurve(gamma: number): Buffer {
  const bytes = Buffer.alloc(14);
  bytes.write('curv', 'latin1');
  bytes.writeUInt32BE(1, 8);
  bytes.writeUInt16BE(Math.round(gamma * 256), 12);
  return bytes;
}

function descriptionTag(text: string): Buffer {
  const bytes = Buffer.alloc(12 + text.length + 1 + 78);
  bytes.write('desc', 'latin1');
  bytes.writeUInt32BE(text.length + 1, 8);
  bytes.write(text, 12, 'latin1');
  return bytes;
}
