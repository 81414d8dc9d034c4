/** Milliseconds after which a browser has read what it was given to keep. */
const READ = 10_000;

/** Gives a person a file to keep. @param name with its ending */
export function keepFile(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.download = fileName(name);
  link.href = URL.createObjectURL(content);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), READ);
}

/** A name that every system takes: what others refuse in names of files is a hyphen. */
export const fileName = (name: string): string => name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+/, '');
