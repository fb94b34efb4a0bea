/**
 * Whether stored audit records are the chain that was written, and if not, what was done to it, to which record first.
 *
 * 1. Each record is reduced to its link, with its hash computed anew from its stored fields (`linkOf`): 200 bytes stay of each, so a trail of
 *    years is read in pieces, in any memory.
 * 2. The links are walked in stored order: numbers without gap or repetition, each pointing to the one before.
 * 3. They are held against anchors: heads kept elsewhere, above all the signed checkpoints. Only these show a chain that was made anew
 *    from some record on, or cut off. Where the chain agrees with an anchor, everything below it is what was signed, so of two records
 *    that do not fit together the earlier one is the forged one.
 *
 * A rewritten stretch without a second copy can be told only to the stretch between two anchors; `compareCopies` names the very record.
 * What it does not cover: that a record said the truth when it was written.
 */
import type { Sha256 } from '../../kernel/units.ts';
import { type ChainHead, genesisHash, isSound, type StoredRecord } from './hash-chain.ts';

/**
 * `mutate`: a record's fields do not give its hash, or it is not the record that was signed for. `drop`, `insert`, `reorder`: one is missing, too
 * many, in another's place. `fork`: from here on it is another chain. `drop-tail`: it ends before something that is known of it.
 */
export type ChainFault = 'mutate' | 'drop' | 'reorder' | 'drop-tail' | 'fork' | 'insert';

export interface Link {
  readonly sequence: number;
  readonly previousHash: Sha256;
  readonly hash: Sha256;
  readonly trailId: string;
  readonly type: string;
  /** The whole record, where its fields do not give its hash: what it was can often be told from it. */
  readonly unsound: StoredRecord | null;
}

/** A head that is known from elsewhere. */
export interface Anchor extends ChainHead {
  /** As a person reads it, e.g. `the checkpoint at record 61`. */
  readonly what: string;
  /** Nobody who can write the records could have made it. */
  readonly isSigned: boolean;
}

export interface ChainFinding {
  readonly fault: ChainFault;
  /** The first bad record; where only a stretch is known, the first of it. */
  readonly sequence: number;
  /** The last record of the stretch that the first bad one lies in, where it is not known exactly. */
  readonly through?: number;
  /** Null where there is no record. */
  readonly trailId: string | null;
  readonly type: string | null;
  readonly expected: string;
  readonly found: string;
  readonly finding: string;
}

export type ChainVerdict =
  | { readonly kind: 'intact'; readonly records: number; readonly head: ChainHead | null }
  | ({ readonly kind: 'broken'; readonly records: number; readonly findings: readonly ChainFinding[] } & ChainFinding);

export function linkOf(record: StoredRecord): Link {
  const { sequence, previousHash, hash, trailId, type } = record;
  return { sequence, previousHash, hash, trailId, type, unsound: isSound(record) ? null : record };
}

/** Checks whole records in stored order, from the first on or from behind `after`. */
export const verifyChain = (records: readonly StoredRecord[], anchors: readonly Anchor[] = [], after: ChainHead | null = null) =>
  verifyLinks(records.map(linkOf), anchors, after);

/** The broken verdict repeats its first finding. */
export function verifyLinks(links: readonly Link[], anchors: readonly Anchor[] = [], after: ChainHead | null = null): ChainVerdict {
  const walk = new Walk(links, after);
  const findings = walk.findings([...anchors].sort((a, b) => a.sequence - b.sequence));
  const first = findings[0];
  if (first !== undefined) return { kind: 'broken', records: links.length, findings, ...first };
  return { kind: 'intact', records: walk.records, head: walk.head };
}

/** Two records that do not fit together, at the later of them. */
interface Seam {
  readonly finding: ChainFinding;
  readonly before: Link | null;
}

/** A record that stands in another's place. */
interface Displaced {
  readonly link: Link;
  readonly origin: number;
}

class Walk {
  /** One link per sequence number; of two, the one that the next record continues. */
  readonly #bySequence = new Map<number, Link>();
  readonly #links: readonly Link[];
  readonly #after: ChainHead | null;
  #present: ReadonlySet<number> | undefined;
  readonly #findings: ChainFinding[] = [];
  readonly #displaced: Displaced[] = [];
  readonly #seams: Seam[] = [];
  /** Where the chain of links is torn, in order. */
  readonly #tears: number[] = [];
  #placeOfHash: ReadonlyMap<string, number> | undefined;
  #last: Link | null = null;

  constructor(links: readonly Link[], after: ChainHead | null) {
    this.#links = links;
    this.#after = after;
    links.forEach((link, index) => {
      this.#step(link, links[index + 1]);
    });
  }

  get records(): number {
    return this.#bySequence.size;
  }

  get head(): ChainHead | null {
    return this.#last === null ? this.#after : { sequence: this.#last.sequence, hash: this.#last.hash };
  }

  /** The first bad record first; one that is known exactly before a stretch that it ends in. */
  findings(anchors: readonly Anchor[]): readonly ChainFinding[] {
    const all = [...this.#displacement(), ...this.#seamsPlaced(anchors), ...this.#heldAgainst(anchors)];
    const put = new Set(all.flatMap(({ fault, sequence }) => (fault === 'insert' ? [sequence] : [])));
    const alone = this.#findings.filter(({ fault, sequence }) => fault !== 'mutate' || !put.has(sequence));
    const place = ({ sequence, through }: ChainFinding): number => through ?? sequence;
    return [...alone, ...all].sort((a, b) => place(a) - place(b));
  }

  #step(link: Link, next: Link | undefined): void {
    const expected = (this.head?.sequence ?? -1) + 1;
    const present = this.#bySequence.get(link.sequence);
    // A batch that was archived twice: the same record again.
    if (present !== undefined && present.hash === link.hash && present.unsound === null && link.unsound === null) return;
    if (!Number.isSafeInteger(link.sequence) || link.sequence < expected) {
      this.#tooMany(link, present, next, expected);
      return;
    }
    if (link.sequence > expected) this.#gap(link, expected);
    if (link.unsound !== null) this.#content(link, link.unsound);
    const pointsTo = this.#last?.hash ?? this.#after?.hash ?? genesisHash;
    if (link.previousHash !== pointsTo && link.sequence === expected && link.unsound === null) this.#seam(link, pointsTo);
    this.#take(link);
  }

  #take(link: Link): void {
    this.#bySequence.set(link.sequence, link);
    this.#last = link;
  }

  #content(link: Link, record: StoredRecord): void {
    this.#tears.push(link.sequence);
    const origin = this.#originOf(record);
    if (origin !== null) {
      this.#displaced.push({ link, origin });
      return;
    }
    const finding = `record ${link.sequence} does not have the content that its hash was made from`;
    this.#findings.push(described('mutate', link, `fields that give ${link.hash}`, 'fields that give another hash', finding));
  }

  /** The number that the record bore when it was hashed, where it is that of its neighbours or follows that of the record it points to. */
  #originOf(record: StoredRecord): number | null {
    this.#placeOfHash ??= new Map(this.#links.map(({ hash, sequence }) => [hash, sequence]));
    const pointsTo = this.#placeOfHash.get(record.previousHash);
    const likely = [...(pointsTo === undefined ? [] : [pointsTo + 1]), record.sequence - 1, record.sequence + 1];
    return likely.find((sequence) => sequence >= 0 && isSound({ ...record, sequence })) ?? null;
  }

  /** All moved up: one was taken out before them. All moved down: one was put in. Some up, some down: they changed places. */
  #displacement(): ChainFinding[] {
    const first = this.#displaced[0];
    if (first === undefined) return [];
    const { link, origin } = first;
    const ups = this.#displaced.filter((one) => one.origin > one.link.sequence).length;
    const fault = ups === this.#displaced.length ? 'drop' : ups === 0 ? 'insert' : 'reorder';
    const told = `record ${link.sequence} is what was written as record ${origin}`;
    const expected = `the record written as ${link.sequence}`;
    const found = `the one written as ${origin}`;
    const forged = fault === 'insert' && origin === link.sequence - 1 ? this.#bySequence.get(origin) : undefined;
    if (forged === undefined || forged.hash === link.hash) return [described(fault, link, expected, found, told)];
    const finding = `record ${origin} was put in: ${told}`;
    return [described(fault, forged, `the record now numbered ${link.sequence}`, `another with hash ${forged.hash}`, finding)];
  }

  #gap(link: Link, expected: number): void {
    const through = link.sequence - 1;
    this.#tears.push(link.sequence);
    this.#present ??= new Set(this.#links.map(({ sequence }) => sequence));
    const isMoved = this.#present.has(expected);
    const which = expected === through ? `record ${expected}` : `records ${expected} to ${through}`;
    const finding = isMoved ? `record ${link.sequence} stands before record ${expected}` : `${which} cannot be found`;
    const { trailId, type } = isMoved ? link : { trailId: null, type: null };
    const found = `record ${link.sequence}`;
    this.#findings.push({ fault: isMoved ? 'reorder' : 'drop', sequence: expected, trailId, type, expected: which, found, finding });
  }

  /** A number that was there already, or none. Where the next record continues the later of two, the earlier one was put in. */
  #tooMany(link: Link, present: Link | undefined, next: Link | undefined, expected: number): void {
    // What the gap that it was missed at has told of already.
    if (present === undefined && Number.isSafeInteger(link.sequence)) return void this.#bySequence.set(link.sequence, link);
    const laterIsReal = present === this.#last && next?.previousHash === link.hash && link.unsound === null;
    const forged = laterIsReal ? (present ?? link) : link;
    const sequence = Number.isSafeInteger(link.sequence) ? link.sequence : expected;
    const finding = `record ${link.sequence} stands there twice, and one of the two was put in`;
    const insert = { ...described('insert', forged, 'one record', `another with hash ${forged.hash}`, finding), sequence };
    const about = this.#findings.findIndex((earlier) => earlier.fault === 'mutate' && earlier.sequence === sequence);
    this.#findings.splice(about === -1 ? this.#findings.length : about, about === -1 || !laterIsReal ? 0 : 1, insert);
    if (laterIsReal) this.#take(link);
  }

  #seam(link: Link, expected: Sha256): void {
    this.#tears.push(link.sequence);
    const finding = `record ${link.sequence} does not continue record ${link.sequence - 1}: it belongs to another chain`;
    this.#seams.push({ before: this.#last, finding: described('fork', link, expected, link.previousHash, finding) });
  }

  /** Where a signed anchor vouches for the later of two that do not fit, the earlier one is the forged one. */
  #seamsPlaced(anchors: readonly Anchor[]): ChainFinding[] {
    const agreeing = anchors.filter(({ isSigned, sequence, hash }) => isSigned && this.#bySequence.get(sequence)?.hash === hash);
    return this.#seams.map(({ before, finding }) => {
      const { sequence, found } = finding;
      const voucher = agreeing.find((anchor) => anchor.sequence >= sequence && !this.#isTorn(sequence, anchor.sequence));
      if (voucher === undefined || before === null) return finding;
      const why = `record ${before.sequence} is not the one that record ${sequence} and ${voucher.what} stand on`;
      return described('mutate', before, found, before.hash, why);
    });
  }

  /** Between the two, the first not included. */
  #isTorn(from: number, to: number): boolean {
    return this.#tears.some((tear) => tear > from && tear <= to);
  }

  /** The first anchor that the chain does not have, and the first that it ends before. */
  #heldAgainst(anchors: readonly Anchor[]): ChainFinding[] {
    const from = this.#after?.sequence ?? -1;
    const last = this.head?.sequence ?? -1;
    const ours = anchors.filter(({ sequence }) => sequence > from);
    const beyond = ours.find(({ sequence }) => sequence > last);
    const findings = beyond === undefined ? [] : [endsBefore(beyond, last)];
    let agreed = from;
    for (const { sequence, hash, what } of ours) {
      const link = this.#bySequence.get(sequence);
      if (link === undefined) continue;
      if (link.hash === hash) agreed = Math.max(agreed, sequence);
      else {
        const firstBad = this.#bySequence.get(agreed + 1) ?? link;
        const stretch = agreed + 1 === sequence ? `record ${sequence}` : `a record from ${agreed + 1} to ${sequence}`;
        const finding = `${stretch} was replaced: record ${sequence} is not the one that ${what} names`;
        findings.push({ ...described('fork', firstBad, hash, link.hash, finding), sequence: agreed + 1, through: sequence });
        break;
      }
    }
    return findings;
  }
}

function endsBefore({ sequence, what }: Anchor, last: number): ChainFinding {
  const finding = `the chain ends before record ${sequence}, which ${what} names`;
  const found = last < 0 ? 'no record' : `record ${last} as the last`;
  return { fault: 'drop-tail', sequence: last + 1, trailId: null, type: null, expected: `record ${sequence}`, found, finding };
}

const described = (
  fault: ChainFault,
  { sequence, trailId, type }: Link,
  expected: string,
  found: string,
  finding: string,
): ChainFinding => ({
  ...{ fault, sequence, trailId, type, expected, found, finding },
});
