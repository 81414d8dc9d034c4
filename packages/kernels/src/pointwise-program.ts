/**
 * What an instruction computes of a, or of a and b: comparisons are 1 where they hold, else 0; `where` is b where a is not 0, else c;
 * `round` takes halves to the even side.
 */
export type PointwiseOperation =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'max'
  | 'min'
  | 'greater'
  | 'abs'
  | 'sqrt'
  | 'exp'
  | 'log'
  | 'sin'
  | 'cos'
  | 'atan'
  | 'tanh'
  | 'sigmoid'
  | 'erf'
  | 'greaterEqual'
  | 'equal'
  | 'where'
  | 'floor'
  | 'round';

/** The number of a value, or a constant. */
export type PointwiseOperand = { readonly value: number } | { readonly constant: number };

export interface PointwiseInstruction {
  readonly operation: PointwiseOperation;
  readonly a: PointwiseOperand;
  /** The second operand, of operations on two. */
  readonly b?: PointwiseOperand;
  /** The third operand, of operations on three. */
  readonly c?: PointwiseOperand;
}

/**
 * A function f of one number as a program in float64. Values are numbered: 0 is x, instruction i gives value i + 1, and the
 * last one is f(x). A contribution u passes it as f(u) − f(0), so that nothing stays nothing.
 */
export interface PointwiseProgram {
  readonly instructions: readonly PointwiseInstruction[];
}
