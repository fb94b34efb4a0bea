/**
 * A sorted list in chunks: a binary search finds the chunk and the place in it, and an insertion moves one chunk's
 * pointers only, so a partition of a million items costs little more than one of ten.
 */
export class SortedList<Entry> {
  readonly #compare: (left: Entry, right: Entry) => number;
  #chunks: Entry[][] = [];
  #size = 0;

  constructor(compare: (left: Entry, right: Entry) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  get first(): Entry | undefined {
    return this.#chunks[0]?.[0];
  }

  /** The entry must not be in the list yet. */
  insert(entry: Entry): void {
    this.#size++;
    const last = this.#chunks.at(-1);
    if (last === undefined) {
      this.#chunks.push([entry]);
      return;
    }
    const chunkIndex =
      this.#compare(last[0]!, entry) <= 0 ? this.#chunks.length - 1 : this.#chunkOf((other) => this.#compare(other, entry) >= 0);
    const chunk = this.#chunks[chunkIndex]!;
    if (this.#compare(chunk.at(-1)!, entry) < 0) chunk.push(entry);
    else
      chunk.splice(
        placeIn(chunk, (other) => this.#compare(other, entry) >= 0),
        0,
        entry,
      );
    if (chunk.length > CHUNK_MAXIMUM) this.#chunks.splice(chunkIndex + 1, 0, chunk.splice(CHUNK_MAXIMUM / 2));
  }

  remove(entry: Entry): void {
    const reached = (other: Entry): boolean => this.#compare(other, entry) >= 0;
    let chunkIndex = this.#chunkOf(reached);
    let chunk = this.#chunks[chunkIndex];
    let place = chunk ? placeIn(chunk, reached) : 0;
    if (chunk && place === chunk.length) {
      chunk = this.#chunks[++chunkIndex];
      place = 0;
    }
    if (chunk === undefined || this.#compare(chunk[place]!, entry) !== 0) return;
    chunk.splice(place, 1);
    if (chunk.length === 0) this.#chunks.splice(chunkIndex, 1);
    this.#size--;
  }

  /** Upwards from the first entry for which `reached` holds; it must hold for every later one too. */
  *upwardsFrom(reached: (entry: Entry) => boolean): Generator<Entry, void, undefined> {
    let chunkIndex = this.#chunkOf(reached);
    const start = this.#chunks[chunkIndex];
    let place = start ? placeIn(start, reached) : 0;
    for (; chunkIndex < this.#chunks.length; chunkIndex++, place = 0) {
      const chunk = this.#chunks[chunkIndex]!;
      for (; place < chunk.length; place++) yield chunk[place]!;
    }
  }

  /** Downwards from the last entry for which `passed` does not hold; it must hold for every later one. */
  *downwardsFrom(passed: (entry: Entry) => boolean): Generator<Entry, void, undefined> {
    let chunkIndex = this.#chunkOf(passed);
    const start = this.#chunks[chunkIndex];
    let place = (start ? placeIn(start, passed) : 0) - 1;
    for (; chunkIndex >= 0; place = (this.#chunks[--chunkIndex]?.length ?? 0) - 1) {
      const chunk = this.#chunks[chunkIndex];
      for (; chunk && place >= 0; place--) yield chunk[place]!;
    }
  }

  [Symbol.iterator](): Generator<Entry, void, undefined> {
    return this.upwardsFrom(() => true);
  }

  /** The last chunk whose first entry is not reached yet; that is where the boundary lies. */
  #chunkOf(reached: (entry: Entry) => boolean): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (reached(this.#chunks[middle]![0]!)) high = middle;
      else low = middle + 1;
    }
    return Math.max(0, low - 1);
  }
}

const CHUNK_MAXIMUM = 512;

/** How many entries of the chunk come before the boundary. */
function placeIn<Entry>(chunk: readonly Entry[], reached: (entry: Entry) => boolean): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reached(chunk[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
