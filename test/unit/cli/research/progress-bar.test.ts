import { describe, expect, test } from 'vitest';
import { duration, progressBar, progressLine } from '../../../../apps/cli/research/progress-bar.ts';

describe('a progress line', () => {
  test('says how much is done, how fast, and how long it will still take', () => {
    expect(progressLine({ title: 'Sweeping', unit: 'backtests', total: 1000, done: 250, perSecond: 50 })).toBe(
      'Sweeping ██████░░░░░░░░░░░░░░░░░░  25 %  250/1,000 backtests  50/s  0:15 left',
    );
  });

  test('gives no time before anything is done', () => {
    expect(progressLine({ title: 'Sweeping', unit: 'backtests', total: 10, done: 0, perSecond: 0 })).toContain('time left unknown');
  });

  test('writes durations as clocks do', () => {
    expect([0, 6.2, 60, 3725].map(duration)).toEqual(['0:00', '0:07', '1:00', '1:02:05']);
  });
});

describe('a progress bar', () => {
  const asked = { title: 'Sweeping', unit: 'backtests', total: 100, alreadyDone: 40 };

  test('is silent where nobody watches', () => {
    expect(() => {
      const bar = progressBar({}, asked);
      bar.update(50);
      bar.end();
    }).not.toThrow();
  });

  test('counts what was there before as done, and not into the rate', () => {
    const drawn: string[] = [];
    let nowMs = 0;
    const bar = progressBar({ redraw: (text) => drawn.push(text) }, asked, () => nowMs);
    nowMs = 10_000;
    bar.update(60);
    expect(drawn).toEqual([expect.stringMatching(/ 60 % {2}60\/100 backtests {2}2\/s {2}0:20 left$/) as string]);
  });

  test('draws ten times a second at most, always at the end, and takes the line away', () => {
    const drawn: string[] = [];
    let nowMs = 0;
    const bar = progressBar({ redraw: (text) => drawn.push(text) }, { ...asked, alreadyDone: 0 }, () => nowMs);
    for (let done = 1; done <= 100; done++) {
      nowMs += 10;
      bar.update(done);
    }
    bar.end();
    expect(drawn.length).toBeLessThanOrEqual(12);
    expect(drawn.at(-2)).toContain('100/100');
    expect(drawn.at(-1)).toBe('');
  });
});
