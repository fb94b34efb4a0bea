import { describe, expect, test } from 'vitest';
import { type Interrupts, interruptible } from '../../../../apps/cli/research/interruptible.ts';

function world() {
  const said: string[] = [];
  let heard: (() => void) | null = null;
  const interrupts: Interrupts = {
    once: (_, listener) => {
      heard = listener;
    },
    off: () => {
      heard = null;
    },
    exit: (code) => said.push(`exit ${code}`),
  };
  const io = { err: (text: string) => void said.push(text), redraw: (text: string) => void said.push(`redraw "${text}"`) };
  return { io, said, interrupts, interrupt: () => heard?.(), isListening: () => heard !== null };
}

describe('work that keeps what is finished', () => {
  test('says in one line what is kept when it is interrupted, and exits as interrupted', async () => {
    const { io, said, interrupts, interrupt } = world();
    let done = 0;
    await interruptible(
      io,
      () => `Stopped: ${done} done`,
      async () => {
        done = 3;
        interrupt();
      },
      interrupts,
    );
    expect(said).toEqual(['redraw ""', 'Stopped: 3 done', 'exit 130']);
  });

  test('listens no longer than it works, also when it fails', async () => {
    const { io, said, interrupts, isListening } = world();
    expect(
      await interruptible(
        io,
        () => '',
        async () => isListening(),
        interrupts,
      ),
    ).toBe(true);
    expect(isListening()).toBe(false);
    await expect(
      interruptible(
        io,
        () => '',
        () => Promise.reject(new Error('broken')),
        interrupts,
      ),
    ).rejects.toThrow('broken');
    expect([isListening(), said]).toEqual([false, []]);
  });
});
