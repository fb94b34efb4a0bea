/** Commands over HTTP: arguments go to the server that owns the state, lines and the exit code come back as NDJSON. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import pc from 'picocolors';
import * as z from 'zod';
import type { Io } from './io.ts';
import { CommandFailed, type ExitCode, exitCodes } from './outcome.ts';

export const commandPath = '/_ballast/run';
const jsonType = 'application/json';

const CommandRequest = z.object({ argv: z.array(z.string()), cwd: z.string(), colors: z.boolean(), interactive: z.boolean() });
const Line = z.union([z.object({ out: z.string() }), z.object({ err: z.string() }), z.object({ exit: z.number().int() })]);

export async function runOnServer(url: string, argv: readonly string[], io: Io): Promise<ExitCode> {
  const body = JSON.stringify({ argv, cwd: process.cwd(), colors: io.colors.isColorSupported, interactive: io.interactive });
  let response: Response;
  try {
    response = await fetch(`${url}${commandPath}`, { method: 'POST', headers: { 'content-type': jsonType }, body });
  } catch (error) {
    throw new CommandFailed(exitCodes.failed, `The local cloud at ${url} does not answer; stop it and try again.`, { cause: error });
  }
  let exit: number | undefined;
  for await (const text of linesOf(response)) {
    const line = Line.parse(JSON.parse(text));
    if ('out' in line) io.out(line.out);
    else if ('err' in line) io.err(line.err);
    else exit = line.exit;
  }
  if (exit === undefined) throw new CommandFailed(exitCodes.failed, `The local cloud at ${url} stopped in the middle of the command.`);
  return exit as ExitCode;
}

/** The server's side: answers one command request. */
export async function answerCommand(
  request: IncomingMessage,
  response: ServerResponse,
  run: (argv: string[], cwd: string, io: Io) => Promise<ExitCode>,
): Promise<void> {
  const asked = await commandIn(request);
  if (!asked) {
    response.writeHead(400).end(`${jsonType} {"argv": [...], "cwd": "...", "colors": false, "interactive": false} is expected\n`);
    return;
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const say = (line: z.infer<typeof Line>): void => void response.write(`${JSON.stringify(line)}\n`);
  const { argv, cwd, colors, interactive } = asked;
  const io: Io = { out: (out) => say({ out }), err: (err) => say({ err }), colors: pc.createColors(colors), interactive };
  say({ exit: await run(argv, cwd, io) });
  response.end();
}

/** A web page in the operator's browser can send text to any local port, but no JSON and not without its origin. */
async function commandIn(request: IncomingMessage): Promise<z.infer<typeof CommandRequest> | undefined> {
  if (request.headers['content-type'] !== jsonType || request.headers.origin !== undefined) return undefined;
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return CommandRequest.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
  } catch {
    return undefined;
  }
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
}
