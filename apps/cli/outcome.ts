/** How a command ends. The numbers are a contract with scripts: they appear in --help and in the README. */
export const exitCodes = { done: 0, failed: 1, badInput: 2, refused: 3, halted: 4 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitCodeHelp = '0 done, 1 failed, 2 bad input, 3 refused (paused, governance, closed market, already run), 4 halted';

/** The operator's input cannot be used; the message is one line and says what to do. Ends with exit code 2. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}

/** A command that was understood and ended without doing what was asked; the message is one line. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
