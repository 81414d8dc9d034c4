import { XincError } from '@xinc/core';

/** A picture, known by its contents. */
export interface ImageKind {
  readonly kind: 'image';
  /** As people call it: PNG, JPEG, … */
  readonly format: string;
}

/** A clip, known by its contents. A GIF is one; that it may hold a single picture is for its reader to find out. */
export interface VideoKind {
  readonly kind: 'video';
  readonly format: string;
  /** ffmpeg's name of the container. */
  readonly demuxer: 'mov' | 'matroska' | 'avi' | 'gif' | 'apng';
}

const KINDS: Readonly<Record<string, ImageKind | VideoKind>> = {
  'image/png': { kind: 'image', format: 'PNG' },
  'image/apng': { kind: 'image', format: 'APNG' },
  'image/jpeg': { kind: 'image', format: 'JPEG' },
  'image/webp': { kind: 'image', format: 'WebP' },
  'image/avif': { kind: 'image', format: 'AVIF' },
  'image/tiff': { kind: 'image', format: 'TIFF' },
  'image/gif': { kind: 'video', format: 'GIF', demuxer: 'gif' },
  'video/mp4': { kind: 'video', format: 'MP4', demuxer: 'mov' },
  'video/x-m4v': { kind: 'video', format: 'M4V', demuxer: 'mov' },
  'video/quicktime': { kind: 'video', format: 'MOV', demuxer: 'mov' },
  'video/3gpp': { kind: 'video', format: '3GP', demuxer: 'mov' },
  'video/3gpp2': { kind: 'video', format: '3GP', demuxer: 'mov' },
  'video/webm': { kind: 'video', format: 'WebM', demuxer: 'matroska' },
  'video/matroska': { kind: 'video', format: 'MKV', demuxer: 'matroska' },
  'video/vnd.avi': { kind: 'video', format: 'AVI', demuxer: 'avi' },
  // Sound in a container that could hold video: its reader says that there is none.
  'audio/x-m4a': { kind: 'video', format: 'M4A', demuxer: 'mov' },
  'audio/mp4': { kind: 'video', format: 'MP4', demuxer: 'mov' },
};

const READABLE = 'XINC reads images (PNG, JPEG, WebP, AVIF, TIFF, GIF) and videos (MP4, MOV, WebM, MKV, AVI, GIF).';

/**
 * What the file at `path` holds, told from its first bytes and never from its name.
 * @throws XincError `invalid-file` if they are of no known format, `unsupported` if of one that is not read.
 */
export async function detectFileKind(path: string, head: Uint8Array): Promise<ImageKind | VideoKind> {
  if (head.length === 0) throw new XincError('invalid-file', `${path}: the file is empty`, { subject: path });
  const { fileTypeFromBuffer } = await import('file-type');
  const mime = (await fileTypeFromBuffer(head))?.mime ?? (isTiff(head) ? 'image/tiff' : undefined);
  if (mime === undefined) {
    throw new XincError('invalid-file', `${path}: the contents are no picture or video of a known format`, {
      subject: path,
      hint: READABLE,
    });
  }
  const kind = KINDS[mime];
  if (kind) return kind;
  throw new XincError('unsupported', `${path}: ${mime} is not read`, { subject: path, hint: READABLE });
}

/** A TIFF whose directory lies beyond its first bytes, which hides it from `file-type`. */
function isTiff(head: Uint8Array): boolean {
  const [a, b, c, d] = head;
  return (a === 0x49 && b === 0x49 && c === 42 && d === 0) || (a === 0x4d && b === 0x4d && c === 0 && d === 42);
}
