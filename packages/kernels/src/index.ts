/** Pointwise functions a contribution can pass through. `gelu` is the exact erf form. */
export type Activation = 'relu' | 'leakyRelu' | 'gelu' | 'silu' | 'sine' | 'tanh' | 'sigmoid';

/** One step of the way from a layer's contribution to the picture; `box(k)` is a k×k mean with zero padding, always ÷ k². */
export type Stage =
  | { readonly kind: 'box'; readonly size: number }
  | { readonly kind: 'upsample'; readonly scale: number }
  | { readonly kind: 'activation'; readonly activation: Activation };

/** A rectangle of pixels, in the resolution of the picture. */
export interface Region {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}
