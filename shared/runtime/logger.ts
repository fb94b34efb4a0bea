/** Powertools' structured logger, writing where the host says: stdout on Lambda, a file or nowhere in the local cloud. */
import { Logger } from '@aws-lambda-powertools/logger';
import type { RuntimeHost } from './host.ts';

type PrintLog = Parameters<Logger['printLog']>;

export class HostLogger extends Logger {
  readonly #host: RuntimeHost;

  constructor(serviceName: string, host: RuntimeHost) {
    super({ serviceName, logLevel: (host.env.POWERTOOLS_LOG_LEVEL ?? 'INFO') as 'INFO' });
    this.#host = host;
  }

  protected override printLog(...[level, item]: PrintLog): void {
    if (this.#host.writeLog) this.#host.writeLog(JSON.stringify(item.getAttributes()));
    else super.printLog(level, item);
  }
}
