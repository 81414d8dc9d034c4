/** A rectangle of pixels, in the resolution of the picture. */
export interface Region {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}
