export type { Adjustment, AdjustmentKind } from './adjustment.ts';
export type { RebuiltBook, RebuiltPosition } from './entries.ts';
export type { ReservationGuard, StopReason } from './guard.ts';
export type { LedgerAccount, LedgerPosition } from './items.ts';
export { Ledger, type OrderReport } from './ledger.ts';
export { type LedgerOrder, type OrderEvent, type OrderEvidence, type OrderIntent, type OrderKey, termsOf } from './order.ts';
export type { OrderIncident, OrderProgress, RaceLost } from './order-progress.ts';
export type { ReplacementRefusal, Replacing, ReservationReason, ReservationRefusal, SendingRefusal } from './reservation.ts';
