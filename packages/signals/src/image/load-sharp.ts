/** sharp, loaded where a picture is read or written: commands that do neither begin without its native library. */
export const loadSharp = async () => (await import('sharp')).default;
