/** Text from outside that may be no JSON at all: `undefined` then, for a schema behind it to refuse. */
export function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
