/*
 * What a page that is one file has inside: blocks `<script type="application/octet-stream" data-name="…">`, which a browser neither
 * executes nor shows. Their text is base64; with `data-gzip` what it says is compressed.
 */

/** A block of the page. */
export interface Block {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly compressed: boolean;
}

/** Decoded each time it is asked for; `undefined` where the page has no block of that name. */
export function insideBlock(page: Document, name: string): Block | undefined {
  const block = page.querySelector(`script[data-name="${CSS.escape(name)}"]`);
  if (!block) return undefined;
  const text = atob(block.textContent);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return { bytes, compressed: block.hasAttribute('data-gzip') };
}

/** What gzip made smaller. */
export async function unzipped(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
