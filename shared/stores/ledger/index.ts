export type { LedgerAccount, LedgerPosition } from './items.ts';
export { Ledger, type OrderReport } from './ledger.ts';
export type { LedgerOrder, OrderEvent, OrderEvidence, OrderIntent, OrderKey } from './order.ts';
export type { OrderIncident, OrderProgress } from './order-progress.ts';
export type { ReservationGuard, ReservationRefusal } from './reservation.ts';
