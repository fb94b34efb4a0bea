/** Whether a page is well formed, without a browser: a page that is made by joining strings must be. */

/** What is opened and not closed, or closed and not open, with attributes that are quoted. */
export function tagFaults(page: string): string[] {
  const faults: string[] = [];
  const open: string[] = [];
  const body = page.replace(/<style>[^<]*<\/style>/, '').replace('<!doctype html>', '');
  for (const [tag, slash, name, attributes, selfClosed] of body.matchAll(/<(\/?)([a-z1-6]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/gi)) {
    if (attributes === undefined) faults.push(`attributes of ${tag}`);
    if (name === 'meta' || selfClosed === '/') continue;
    if (slash === '') open.push(name!);
    else if (open.pop() !== name) faults.push(`closes ${name}`);
  }
  const rest = body.replaceAll(/<\/?[a-z1-6]+(?:\s+[\w:-]+="[^"<]*")*\s*\/?>/gi, '');
  if (/[<>]/.test(rest)) faults.push(`loose ${/.{0,40}[<>].{0,40}/.exec(rest)?.[0]}`);
  if (/&(?!(amp|lt|gt|quot|#39);)/.test(rest)) faults.push('loose &');
  return [...faults, ...open];
}
