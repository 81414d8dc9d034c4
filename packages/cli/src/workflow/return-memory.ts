/*
 * What glibc's malloc is told (malloc.h, mallopt(3)): how many heaps there are, the free memory at the end of one that goes back
 * to the system, and from which size on memory is the system's to begin with, in bytes.
 */
const SETTINGS = {
  M_ARENA_MAX: [-8, 2],
  M_TRIM_THRESHOLD: [-1, 2 ** 21],
  M_MMAP_THRESHOLD: [-3, 2 ** 20],
} as const;

/**
 * Has the C library give freed memory back to the system, where that is glibc. By itself it has a heap for each of some twenty
 * threads, and raises the thresholds with every large array that is freed, until each heap keeps up to 64 MB for later.
 * @returns whether it will
 */
export async function returnMemory(): Promise<boolean> {
  // Settings that the user made stay as they are.
  const isSet = Object.keys(process.env).some((name) => /^MALLOC_.|^GLIBC_TUNABLES$/.test(name));
  if (process.platform !== 'linux' || isSet) return false;
  try {
    const { load } = await import('koffi');
    const mallopt = load('libc.so.6').func('int mallopt(int, int)');
    return Object.values(SETTINGS).every((setting) => mallopt(...setting) === 1);
  } catch {
    // An optional dependency, and other C libraries have no such settings: more memory is used, and nothing else changes.
    return false;
  }
}
