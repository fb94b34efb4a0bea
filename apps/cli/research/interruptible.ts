/** Ctrl-C during work that keeps its finished pieces: one line that says so, and the exit code that a shell expects of an interrupted command. */
import type { Io } from '../io.ts';

/** What a shell gives a command that SIGINT ended. */
const interruptedCode = 130;

/** What is asked of the process; another in a test. */
export interface Interrupts {
  once(signal: 'SIGINT', heard: () => void): unknown;
  off(signal: 'SIGINT', heard: () => void): unknown;
  exit(code: number): unknown;
}

/** `said` is asked for when it happens, so that it can say how much is done. */
export async function interruptible<Result>(
  io: Pick<Io, 'err' | 'redraw'>,
  said: () => string,
  work: () => Promise<Result>,
  interrupts: Interrupts = process,
): Promise<Result> {
  const heard = (): void => {
    io.redraw?.('');
    io.err(said());
    interrupts.exit(interruptedCode);
  };
  interrupts.once('SIGINT', heard);
  try {
    return await work();
  } finally {
    interrupts.off('SIGINT', heard);
  }
}
