const BLOCK = 512;

/** A tar archive of these files, in this order. */
export function tarFile(members: readonly (readonly [name: string, content: Uint8Array])[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat([...members.flatMap(([name, content]) => entry(name, content)), Buffer.alloc(2 * BLOCK)]),
  );
}

function entry(name: string, content: Uint8Array): Buffer[] {
  const header = Buffer.alloc(BLOCK);
  header.write(name);
  header.write(content.length.toString(8).padStart(11, '0'), 124);
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, Buffer.from(content), Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
}
