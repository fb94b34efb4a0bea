/** The SDK's own schemas are the outside reference: a header that we read or write under another member name fails here. */
import * as sdk from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { QUERY_PARAMETERS, REQUEST_HEADERS, RESPONSE_HEADERS } from '../../../../apps/local-cloud/s3/wire/members.ts';

type Traits = { readonly httpHeader?: string; readonly httpQuery?: string };

/** `place name` of each member of the structures whose name ends so, as the SDK binds it. */
function bindings(suffix: RegExp, trait: keyof Traits): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const exported of Object.values(sdk)) {
    if (!Array.isArray(exported) || exported[0] !== 3 || !suffix.test(String(exported[2]))) continue;
    const [names, types] = [exported[4], exported[5] as unknown[]];
    names.forEach((name, index) => {
      const type = types[index];
      const place = (Array.isArray(type) ? (type[1] as Traits | undefined) : undefined)?.[trait]?.toLowerCase();
      if (place !== undefined) found.set(place, (found.get(place) ?? new Set()).add(name));
    });
  }
  return found;
}

const cases = [
  ['request headers', REQUEST_HEADERS, bindings(/Request$/, 'httpHeader')],
  ['query parameters', QUERY_PARAMETERS, bindings(/Request$/, 'httpQuery')],
  ['response headers', RESPONSE_HEADERS, bindings(/Output$/, 'httpHeader')],
] as const;

test.each(cases)('names %s as the SDK does', (_what, ours, theirs) => {
  expect(theirs.size).toBeGreaterThan(10);
  for (const [place, { name }] of Object.entries(ours)) {
    const names = theirs.get(place.toLowerCase());
    // Shared headers may be bound one way only; what the SDK binds, it binds under this name.
    if (names) expect([...names], place).toContain(name);
  }
});
