/** The part of quadprog (Goldfarb and Idnani 1983) that tests use as an oracle. Arrays begin at 1. */
declare module 'quadprog' {
  /** Minimises ½·xᵀDx − dᵀx subject to Aᵀx ≥ b; `Amat` holds one column per constraint. */
  export function solveQP(
    Dmat: number[][],
    dvec: number[],
    Amat: number[][],
    bvec: number[],
  ): { readonly solution: readonly number[]; readonly message: string };
}
