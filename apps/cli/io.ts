/** Where a command writes. A server hands commands an `Io` whose lines travel to the caller's terminal. */
import pc from 'picocolors';

export interface Io {
  /** The result: what a script reads. */
  out(text: string): void;
  /** Progress, hints and errors: what a person reads. */
  err(text: string): void;
  readonly colors: ReturnType<typeof pc.createColors>;
  /** A person is watching: progress may be shown. */
  readonly interactive: boolean;
}

export function terminalIo(): Io {
  const interactive = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    colors: pc.createColors(interactive),
    interactive,
  };
}
