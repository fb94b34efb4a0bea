/** Where a command writes. A server hands commands an `Io` whose lines travel to the caller's terminal. */
import { createInterface } from 'node:readline/promises';
import pc from 'picocolors';

export interface Io {
  /** The result: what a script reads. */
  out(text: string): void;
  /** Hints and errors: what a person reads. */
  err(text: string): void;
  readonly colors: ReturnType<typeof pc.createColors>;
  /** A person is watching: slow steps say that they have begun. */
  readonly interactive: boolean;
  /** Draws over the line that stands last on a person's terminal; '' takes it away. Absent where nobody watches. */
  redraw?(text: string): void;
  /** Asks a person for yes or no; absent where nobody can answer. */
  confirm?(question: string): Promise<boolean>;
}

export function terminalIo(): Io {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', forgiveClosedPipe);
  const { NO_COLOR, TERM } = process.env;
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    colors: pc.createColors(process.stdout.isTTY === true && !NO_COLOR && TERM !== 'dumb'),
    interactive: process.stderr.isTTY === true,
    ...(process.stderr.isTTY === true && TERM !== 'dumb' && { redraw: (text: string) => void process.stderr.write(`\r\u001b[2K${text}`) }),
    ...(process.stdin.isTTY === true && process.stderr.isTTY === true && { confirm: askAtTerminal }),
  };
}

async function askAtTerminal(question: string): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `)).trim());
  } finally {
    prompt.close();
  }
}

/** Says what a slow step is, to a person only. */
export function progress({ interactive, err }: Io, text: string): void {
  if (interactive) err(text);
}

/** `ballast symbols | head` closes the pipe early; the command still finishes what it began. */
function forgiveClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
