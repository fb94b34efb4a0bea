export type { LedgerAccount, LedgerPosition } from './items.ts';
export { Ledger, type OrderReport } from './ledger.ts';
export {
  isFinal,
  type LedgerOrder,
  type OrderEvent,
  type OrderEvidence,
  type OrderIntent,
  type OrderKey,
  type OrderState,
} from './order.ts';
export type { OrderProgress } from './order-progress.ts';
export type { ReservationGuard, ReservationRefusal } from './reservation.ts';
