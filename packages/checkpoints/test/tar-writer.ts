const BLOCK = 512;

/** A tar archive of these files, in this order; those of kind `x` are further words on the entry that follows. */
export function tarFile(
  members: readonly (readonly [name: string, content: Uint8Array, kind?: '0' | 'x'])[],
): Uint8Array {
  return new Uint8Array(Buffer.concat([...members.flatMap((member) => entry(...member)), Buffer.alloc(2 * BLOCK)]));
}

function entry(name: string, content: Uint8Array, kind: '0' | 'x' = '0'): Buffer[] {
  const header = Buffer.alloc(BLOCK);
  header.write(name);
  header.write(content.length.toString(8).padStart(11, '0'), 124);
  header.write(' '.repeat(8), 148);
  header.write(kind, 156);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, Buffer.from(content), Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
}
