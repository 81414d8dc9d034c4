/** How a picture is looked up between its pixels, as PyTorch's grid_sample and ONNX's GridSample do. */
export interface GridSampling {
  /** `cubic` is the cubic convolution with a = −0.75; `nearest` takes the even one of two pixels that are equally near. */
  readonly mode: 'nearest' | 'linear' | 'cubic';
  /** What lies beyond the border: zeros, the border's pixels, or the picture mirrored at it. */
  readonly outside: 'zeros' | 'border' | 'reflection';
  /** Whether −1 and 1 are the centres of the outermost pixels, or their outer edges. */
  readonly alignCorners: boolean;
}
