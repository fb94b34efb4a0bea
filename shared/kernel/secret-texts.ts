/**
 * Takes secrets that are known word for word out of a text that somebody else wrote: a service that is asked with a key may answer with
 * an error that repeats it, and what a service answered is kept in ledgers, logs, records and messages.
 *
 * A secret is found as it is, as JSON and as an address write it, and in base64, in which the same letters look three ways, by where they
 * stand in the text that was encoded (RFC 4648, section 4: three bytes become four characters). Of base64 the characters are taken out
 * that follow from the secret alone.
 * Not covered: encodings put on top of one another, other ones, and a secret cut in pieces.
 */
const removed = '[removed]';

/** Short ones would take words apart, and are no secret. */
const charactersMin = 6;

export const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  secrets
    .filter((secret) => secret.length >= charactersMin)
    .flatMap(writings)
    .reduce((so, writing) => so.replaceAll(writing, removed), text);

/** How a secret may be written, longest first, so that none leaves the end of another. */
function writings(secret: string): readonly string[] {
  const plain = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())];
  const encoded = [0, 1, 2].map((before) => base64At(secret, before)).filter((text) => text.length >= charactersMin);
  return [...new Set([...plain, ...encoded, ...encoded.map(urlSafe)])].toSorted((one, other) => other.length - one.length);
}

/** The characters of base64 that hold no bit of the `before` bytes in front of the secret, nor of what follows it. */
function base64At(secret: string, before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret, 'utf8')]);
  return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
}

const urlSafe = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_');
