import { XincError } from '@xinc/core';
import { fileTypeFromBuffer } from 'file-type';

/** What a file holds, told from its first bytes and never from its name. */
export interface FileKind {
  readonly kind: 'image' | 'video';
  /** As people call it: PNG, JPEG, MP4, … */
  readonly format: string;
  readonly mime: string;
}

const IMAGES: Record<string, string> = {
  'image/png': 'PNG',
  'image/apng': 'APNG',
  'image/jpeg': 'JPEG',
  'image/webp': 'WebP',
  'image/avif': 'AVIF',
  'image/tiff': 'TIFF',
};

/** A GIF is a video: one of a single frame is an image all the same, which its reader finds out. */
const VIDEOS: Record<string, string> = {
  'image/gif': 'GIF',
  'video/mp4': 'MP4',
  'video/x-m4v': 'M4V',
  'video/quicktime': 'MOV',
  'video/webm': 'WebM',
  'video/matroska': 'Matroska',
  'video/vnd.avi': 'AVI',
};

export const READABLE = 'images: PNG, JPEG, WebP, AVIF, TIFF, GIF; videos: MP4, MOV, WebM, MKV, AVI, GIF';

/**
 * What the file at `path` holds, from its first bytes.
 * @throws XincError `invalid-file` if they are of no known format, `unsupported` if of one that is not read.
 */
export async function detectFileKind(path: string, head: Uint8Array): Promise<FileKind> {
  if (head.length === 0) throw new XincError('invalid-file', `${path}: the file is empty`, { subject: path });
  const mime = (await fileTypeFromBuffer(head))?.mime ?? (isTiff(head) ? 'image/tiff' : undefined);
  if (mime === undefined) {
    throw new XincError('invalid-file', `${path}: the contents are no picture or video of a known format`, {
      subject: path,
      hint: `XINC reads ${READABLE}.`,
    });
  }
  if (mime in IMAGES) return { kind: 'image', format: IMAGES[mime], mime };
  if (mime in VIDEOS) return { kind: 'video', format: VIDEOS[mime], mime };
  throw new XincError('unsupported', `${path}: ${mime} is not read`, {
    subject: path,
    hint: `XINC reads ${READABLE}.`,
  });
}

/** A TIFF whose directory lies beyond its first bytes, which hides it from `file-type`. */
function isTiff(head: Uint8Array): boolean {
  const [a, b, c, d] = head;
  return (a === 0x49 && b === 0x49 && c === 42 && d === 0) || (a === 0x4d && b === 0x4d && c === 0 && d === 42);
}
