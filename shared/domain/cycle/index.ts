/** The steps of a cycle, in order: universe → signals → allocation → risk → order plan → decisions. Pure; the Lambdas do the I/O around them. */
export { assembleDecisions } from './assemble-decisions.ts';
export { type CycleDecision, type CycleInputs, decideCycle } from './decide-cycle.ts';
export { judgeUniverse } from './judge-universe.ts';
export { runAllocation } from './run-allocation.ts';
export { runOrderPlan } from './run-order-plan.ts';
export { runRisk } from './run-risk.ts';
export { runSignals } from './run-signals.ts';
export type * from './step-types.ts';
