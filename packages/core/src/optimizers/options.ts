/** Adam (Kingma & Ba 2015) with bias correction, as PyTorch's: θ ← θ − lr · m̂ / (√v̂ + ε). */
export interface AdamOptions {
  /** What is meant where no optimiser is named. */
  readonly name?: 'adam';
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** SOAP (Vyas et al. 2024, arXiv 2409.11321): Adam in the eigenbasis of Shampoo's preconditioners. */
export interface SoapOptions {
  readonly name: 'soap';
  /** Share of the gradient's running mean that is kept from step to step. */
  readonly beta1: number;
  /** The same of the squared gradient, and of the preconditioners. */
  readonly beta2: number;
  readonly epsilon: number;
  /** Steps from one basis to the next. */
  readonly refresh: number;
  /** Sides of a matrix with more rows or columns than so many are left unrotated. */
  readonly mostSide: number;
}

/** Muon (Jordan et al. 2024; for networks of pictures arXiv 2512.14366): momentum made orthogonal, for matrices; Adam for the rest. */
export interface MuonOptions {
  readonly name: 'muon';
  /** Share of the momentum that is kept from step to step; Nesterov's is what is used. */
  readonly momentum: number;
  /** Newton–Schulz iterations. */
  readonly iterations: number;
  /** Matrices with a side of fewer rows or columns than so many, such as colours, coordinates and tables of features, are the rest. */
  readonly leastSide: number;
  /** For the rest. */
  readonly adam: AdamOptions;
  /** Adam's learning rate is that of the matrices times this. */
  readonly adamShare: number;
}

/** What is done to parameters with their gradients: the optimiser's name and settings. */
export type OptimizerOptions = AdamOptions | SoapOptions | MuonOptions;

/** The optimisers there are. */
export const OPTIMIZERS = ['adam', 'soap', 'muon'] as const;
export type OptimizerName = (typeof OPTIMIZERS)[number];
