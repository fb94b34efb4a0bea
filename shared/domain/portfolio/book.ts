/**
 * A book of weights under limits, while it is being changed: what it holds by side and sector, how much room is left, and the repair
 * that brings a book within its limits by scaling down what breaks them. Sums run in symbol order, so the order of input does not matter.
 */
import type { AllocationCandidate, AllocationParameters, AllocationRefusal } from './allocation.ts';

/** Limits are aimed at from this far below, so that rounding of sums cannot cross them. */
const HEADROOM_FRAC = 1e-9;
const UNCLASSIFIED = 'UNCLASSIFIED';

interface Exposure {
  readonly grossFrac: number;
  readonly longFrac: number;
  readonly shortFrac: number;
}

export class Book {
  readonly #candidates: readonly AllocationCandidate[];
  readonly #limits: { gross: number; long: number; short: number; sector: number; single: number; turnover: number; step: number };
  readonly #weights: Float64Array;
  readonly #order: readonly number[];

  constructor(candidates: readonly AllocationCandidate[], { rules, exposureScaleFrac }: AllocationParameters) {
    this.#candidates = candidates;
    this.#weights = Float64Array.from(candidates, ({ currentWeight }) => currentWeight);
    this.#order = candidates.map((_, i) => i).sort((a, b) => (candidates[a]!.symbol < candidates[b]!.symbol ? -1 : 1));
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

  setWeight(i: number, weight: number): void {
    this.#weights[i] = weight;
  }

  totals(): Exposure {
    const longFrac = this.#sum((weight) => Math.max(weight, 0));
    const shortFrac = this.#sum((weight) => Math.max(-weight, 0));
    return { grossFrac: this.#sum(Math.abs), longFrac, shortFrac };
  }

  turnoverFrac(): number {
    return this.#order.reduce((sum, i) => sum + Math.abs(this.#weights[i]! - this.#candidates[i]!.currentWeight), 0);
  }

  turnoverLeft(): number {
    return Math.max(0, this.#limits.turnover - HEADROOM_FRAC - this.turnoverFrac());
  }

  /** How much one position may grow on its side, and which limit says so. */
  roomToGrow(i: number, side: number): { frac: number; boundBy: AllocationRefusal['reason'] } {
    const weight = Math.abs(this.#weights[i]!);
    const { grossFrac, longFrac, shortFrac } = this.totals();
    const sector = this.#sectorOf(i);
    const rooms: Array<{ frac: number; boundBy: AllocationRefusal['reason'] }> = [
      { frac: this.#limits.single - weight, boundBy: 'single-name-limit' },
      { frac: this.#limits.sector - this.#sum((held, j) => (this.#sectorOf(j) === sector ? Math.abs(held) : 0)), boundBy: 'sector-limit' },
      side > 0
        ? { frac: this.#limits.long - longFrac, boundBy: 'long-limit' }
        : { frac: this.#limits.short - shortFrac, boundBy: 'short-limit' },
      { frac: this.#limits.gross - grossFrac, boundBy: 'gross-limit' },
      { frac: this.#limits.turnover - this.turnoverFrac(), boundBy: 'turnover-spent' },
      { frac: this.#limits.step - (weight - this.#startOnSide(i, side)), boundBy: 'entry-step-limit' },
    ];
    const tightest = rooms.reduce((least, room) => (room.frac < least.frac ? room : least));
    return { frac: Math.max(0, tightest.frac - HEADROOM_FRAC), boundBy: tightest.boundBy };
  }

  /** Scales down what breaks a limit; afterwards all hold for what may trade. */
  repair(): void {
    for (const i of this.#order) {
      const weight = this.#weights[i]!;
      if (this.#candidates[i]!.tradable && Math.abs(weight) > this.#limits.single) {
        this.#weights[i] = Math.sign(weight) * (this.#limits.single - HEADROOM_FRAC);
      }
    }
    const sectors = new Set(this.#order.map((i) => this.#sectorOf(i)));
    for (const sector of sectors) this.#fit((i) => this.#sectorOf(i) === sector, this.#limits.sector);
    this.#fit((i) => this.#weights[i]! > 0, this.#limits.long);
    this.#fit((i) => this.#weights[i]! < 0, this.#limits.short);
    this.#fit(() => true, this.#limits.gross);
  }

  /** Scales the tradable members of a group so that the group's gross fits; the others keep their place. */
  #fit(isMember: (i: number) => boolean, limit: number): void {
    const members = this.#order.filter(isMember);
    const grossOf = (indices: readonly number[]): number => indices.reduce((sum, i) => sum + Math.abs(this.#weights[i]!), 0);
    if (grossOf(members) <= limit) return;
    const tradable = members.filter((i) => this.#candidates[i]!.tradable);
    const fixed = grossOf(members.filter((i) => !this.#candidates[i]!.tradable));
    const scale = Math.max(0, limit - HEADROOM_FRAC - fixed) / grossOf(tradable);
    if (!(scale < 1)) return;
    for (const i of tradable) this.#weights[i] = this.#weights[i]! * scale || 0;
  }

  #sectorOf = (i: number): string => this.#candidates[i]!.sector ?? UNCLASSIFIED;

  #startOnSide(i: number, side: number): number {
    return Math.max(0, side * this.#candidates[i]!.currentWeight);
  }

  #sum(measure: (weight: number, i: number) => number): number {
    return this.#order.reduce((sum, i) => sum + measure(this.#weights[i]!, i), 0);
  }
}
