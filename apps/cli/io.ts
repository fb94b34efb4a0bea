/** Where a command writes. A server hands commands an `Io` whose lines travel to the caller's terminal. */
import pc from 'picocolors';

export interface Io {
  /** The result: what a script reads. */
  out(text: string): void;
  /** Hints and errors: what a person reads. */
  err(text: string): void;
  readonly colors: ReturnType<typeof pc.createColors>;
  /** A person is watching: slow steps say that they have begun. */
  readonly interactive: boolean;
}

export function terminalIo(): Io {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', forgiveClosedPipe);
  const { NO_COLOR, TERM } = process.env;
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    colors: pc.createColors(process.stdout.isTTY === true && !NO_COLOR && TERM !== 'dumb'),
    interactive: process.stderr.isTTY === true,
  };
}

/** Says what a slow step is, to a person only. */
export function progress({ interactive, err }: Io, text: string): void {
  if (interactive) err(text);
}

/** `ballast symbols | head` closes the pipe early; the command still finishes what it began. */
function forgiveClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
