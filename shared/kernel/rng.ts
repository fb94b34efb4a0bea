/**
 * Seeded random numbers: sfc32 (Chris Doty-Humphrey, PractRand), seeded through splitmix32 so that neighbouring
 * seeds give unrelated streams. 32 bits of state words keep it exact in JavaScript integers; the period is about 2^127.
 * Not for secrets.
 */
export interface Rng {
  /** Uniform in [0, 1), with 32 bits of resolution. */
  uniform(): number;
  /** Standard normal, by the polar method of Marsaglia and Bray (1964). */
  normal(): number;
  /** A stream of its own, fixed by this seed and the label, untouched by how much was drawn here. */
  fork(label: string): Rng;
}

export function seededRng(seed: number | string): Rng {
  const seedWord = typeof seed === 'number' ? seed >>> 0 : fnv1a(seed);
  return sfc32(seedWord, String(seed));
}

function sfc32(seedWord: number, name: string): Rng {
  const next = splitmix32(seedWord);
  let a = next();
  let b = next();
  let c = next();
  let counter = 1;
  let spare: number | undefined;

  const word = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) word();

  const uniform = (): number => word() / 4294967296;
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const scale = Math.sqrt((-2 * Math.log(s)) / s);
        spare = v * scale;
        return u * scale;
      }
    }
  };
  return { uniform, normal, fork: (label) => seededRng(`${name}/${label}`) };
}

function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) | 0;
  };
}

/** FNV-1a, 32 bits. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}
