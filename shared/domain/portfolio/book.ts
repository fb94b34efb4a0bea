/**
 * A book of weights under limits, while it is being changed: what it holds by side and sector, how much room is left, and the repair
 * that brings a book within its limits by scaling down what breaks them. Sums run in symbol order, so the order of input does not matter.
 */
import type { AllocationCandidate, AllocationParameters, AllocationRefusal } from './allocation.ts';

/** Limits are aimed at from this far below, so that rounding of sums cannot cross them. */
export const HEADROOM_FRAC = 1e-9;
/** Less than this is not worth a trade in any book. */
export const SMALLEST_LOT_FRAC = 1e-6;
const UNCLASSIFIED = 'UNCLASSIFIED';

type Reason = AllocationRefusal['reason'];

export interface Room {
  readonly frac: number;
  readonly boundBy: Reason;
}

/** A limit that several names share, and who shares it. */
export interface SharedRoom extends Room {
  readonly holds: (i: number, side: number) => boolean;
}

interface Exposure {
  readonly grossFrac: number;
  readonly longFrac: number;
  readonly shortFrac: number;
}

export class Book {
  readonly #candidates: readonly AllocationCandidate[];
  readonly #limits: { gross: number; long: number; short: number; sector: number; single: number; turnover: number; step: number };
  readonly #weights: Float64Array;
  /** Indices of the candidates by symbol, in code-unit order. */
  readonly order: readonly number[];

  constructor(candidates: readonly AllocationCandidate[], { rules, exposureScaleFrac }: AllocationParameters) {
    this.#candidates = candidates;
    this.#weights = Float64Array.from(candidates, ({ currentWeight }) => currentWeight);
    this.order = candidates.map((_, i) => i).sort((a, b) => (candidates[a]!.symbol < candidates[b]!.symbol ? -1 : 1));
    this.#limits = {
      gross: rules.grossFracMax * exposureScaleFrac,
      long: rules.longFracMax * exposureScaleFrac,
      short: rules.allowShort ? rules.shortFracMax * exposureScaleFrac : 0,
      sector: rules.sectorFracMax,
      single: rules.singleNameFracMax,
      turnover: rules.turnoverFracMax,
      step: rules.entryStepFracMax,
    };
  }

  weightAt = (i: number): number => this.#weights[i]!;

  weights = (): Float64Array => this.#weights.slice();

  setWeight(i: number, weight: number): void {
    this.#weights[i] = weight;
  }

  totals(): Exposure {
    const longFrac = this.#sum((weight) => Math.max(weight, 0));
    const shortFrac = this.#sum((weight) => Math.max(-weight, 0));
    return { grossFrac: this.#sum(Math.abs), longFrac, shortFrac };
  }

  turnoverFrac(): number {
    return this.order.reduce((sum, i) => sum + Math.abs(this.#weights[i]! - this.#candidates[i]!.currentWeight), 0);
  }

  turnoverLeft(): number {
    return Math.max(0, this.#limits.turnover - HEADROOM_FRAC - this.turnoverFrac());
  }

  /** How much one position may still grow on its side by its own limits alone. */
  ownRoom(i: number, side: number): Room {
    const weight = Math.abs(this.#weights[i]!);
    const single = this.#limits.single - HEADROOM_FRAC - weight;
    const step = this.#limits.step - HEADROOM_FRAC - (weight - this.#startOnSide(i, side));
    return single <= step
      ? { frac: Math.max(0, single), boundBy: 'single-name-limit' }
      : { frac: Math.max(0, step), boundBy: 'entry-step-limit' };
  }

  /** What the book as a whole has left, for growth only; a limit that nothing of `sectors` shares is not asked about. */
  sharedRooms(sectors: ReadonlySet<string>): SharedRoom[] {
    const { grossFrac, longFrac, shortFrac } = this.totals();
    const room = (limit: number, used: number, boundBy: Reason, holds: SharedRoom['holds']): SharedRoom => ({
      frac: Math.max(0, limit - HEADROOM_FRAC - used),
      boundBy,
      holds,
    });
    const bySector = [...sectors].sort().map((sector) => {
      const used = this.#sum((held, j) => (this.sectorOf(j) === sector ? Math.abs(held) : 0));
      return room(this.#limits.sector, used, 'sector-limit', (i) => this.sectorOf(i) === sector);
    });
    return [
      ...bySector,
      room(this.#limits.long, longFrac, 'long-limit', (_, side) => side > 0),
      room(this.#limits.short, shortFrac, 'short-limit', (_, side) => side < 0),
      room(this.#limits.gross, grossFrac, 'gross-limit', () => true),
      room(this.#limits.turnover, this.turnoverFrac(), 'turnover-spent', () => true),
    ];
  }

  /** Scales down what breaks a limit; afterwards all hold for what may trade. */
  repair(): void {
    for (const i of this.order) {
      const weight = this.#weights[i]!;
      if (this.#candidates[i]!.tradable && Math.abs(weight) > this.#limits.single) {
        this.#weights[i] = Math.sign(weight) * Math.max(0, this.#limits.single - HEADROOM_FRAC);
      }
    }
    const sectors = new Set(this.order.map((i) => this.sectorOf(i)));
    for (const sector of sectors) this.#fit((i) => this.sectorOf(i) === sector, this.#limits.sector);
    this.#fit((i) => this.#weights[i]! > 0, this.#limits.long);
    this.#fit((i) => this.#weights[i]! < 0, this.#limits.short);
    this.#fit(() => true, this.#limits.gross);
  }

  sectorOf = (i: number): string => this.#candidates[i]!.sector ?? UNCLASSIFIED;

  /** Scales the tradable members of a group so that the group's gross fits; the others keep their place. */
  #fit(isMember: (i: number) => boolean, limit: number): void {
    const members = this.order.filter(isMember);
    const grossOf = (indices: readonly number[]): number => indices.reduce((sum, i) => sum + Math.abs(this.#weights[i]!), 0);
    if (grossOf(members) <= limit) return;
    const tradable = members.filter((i) => this.#candidates[i]!.tradable);
    const fixed = grossOf(members.filter((i) => !this.#candidates[i]!.tradable));
    const scale = Math.max(0, limit - HEADROOM_FRAC - fixed) / grossOf(tradable);
    if (!(scale < 1)) return;
    for (const i of tradable) this.#weights[i] = this.#weights[i]! * scale || 0;
  }

  #startOnSide(i: number, side: number): number {
    return Math.max(0, side * this.#candidates[i]!.currentWeight);
  }

  #sum(measure: (weight: number, i: number) => number): number {
    return this.order.reduce((sum, i) => sum + measure(this.#weights[i]!, i), 0);
  }
}
