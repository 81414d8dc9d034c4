/** An SVG document, and its extents in CSS pixels. */
export interface SvgDocument {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

/** How many pixels of the PNG a CSS pixel is wide. */
const DENSITY = 2;

/**
 * An SVG document as a PNG of twice its size.
 * @throws Error where the browser cannot draw it
 */
export async function pngOf({ text, width, height }: SvgDocument): Promise<Blob> {
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await picture.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [DENSITY * width, DENSITY * height];
  canvas.getContext('2d')!.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const content = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  if (!content) throw new Error('the picture is too large for this browser');
  return content;
}
