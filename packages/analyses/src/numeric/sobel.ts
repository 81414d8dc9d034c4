/** Magnitude of the Sobel gradient of a picture [H·W], its border pixels repeated outward; [H·W]. */
export function sobelMagnitude(picture: Float32Array, height: number, width: number): Float32Array {
  const at = (y: number, x: number) =>
    picture[Math.min(Math.max(y, 0), height - 1) * width + Math.min(Math.max(x, 0), width - 1)];
  return picture.map((_, p) => {
    const [y, x] = [Math.floor(p / width), p % width];
    const across =
      at(y - 1, x + 1) + 2 * at(y, x + 1) + at(y + 1, x + 1) - at(y - 1, x - 1) - 2 * at(y, x - 1) - at(y + 1, x - 1);
    const down =
      at(y + 1, x - 1) + 2 * at(y + 1, x) + at(y + 1, x + 1) - at(y - 1, x - 1) - 2 * at(y - 1, x) - at(y - 1, x + 1);
    return Math.hypot(across, down);
  });
}
