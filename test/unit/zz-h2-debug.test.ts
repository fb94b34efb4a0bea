import { expect, test } from 'vitest';
import { play, probes } from '../state-machines/support/probes.ts';
test.each(probes.filter(({ what }) => /halt with an order|halt that sells|stop by an event|dead-man/.test(what)).map((p) => [p.what, p] as const))('%s', async (_w, probe) => {
  const { wentWell, said } = await play(probe);
  const bad = wentWell ? '' : JSON.stringify((JSON.parse(said.startsWith('[') ? said : '[]') as any[]).filter((e) => /Failed|Refused|GivenUp|FailState/.test(e.event)).slice(0, 3)).slice(0, 1500) || said.slice(0, 500);
  expect(bad).toBe('');
}, 200000);
