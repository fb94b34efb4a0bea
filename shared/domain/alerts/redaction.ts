/**
 * Takes out of a text what looks like a credential. Alerts repeat reasons and error messages that others wrote, and a message in a chat
 * is read by more people than a log.
 *
 * Known by their form: Telegram bot tokens (<digits>:<35 characters>), Slack and Discord webhook addresses, AWS access keys, Alpaca keys
 * (PK/AK and 18 characters), bearer and basic authorisation, private keys, passwords in addresses, and values behind names such as
 * `apiKey=` or `"secretKey": "…"`. Values that are known to be secret are taken out by whoever knows them (kernel/secret-texts.ts).
 * Not covered: a secret of unknown form under an innocent name.
 */
const mark = '[removed]';

const forms: ReadonlyArray<readonly [RegExp, string]> = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, mark],
  [/https?:\/\/hooks\.slack(?:-gov)?\.com\/[^\s"'<>)]+/gi, mark],
  [/https?:\/\/(?:\w+\.)?discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/[^\s"'<>)]+/gi, mark],
  [/\b(?:bot)?\d{6,12}:[A-Za-z0-9_-]{30,}/g, mark],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, mark],
  [/\b(?:PK|AK)[A-Z0-9]{18}\b/g, mark],
  [/\b(bearer|basic)\s+[A-Za-z0-9+/._~=-]{8,}/gi, `$1 ${mark}`],
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/:@"']+:[^\s/@"']+@/gi, `$1${mark}@`],
  [
    /((?:secret|token|password|passwd|api[-_ ]?key|secret[-_ ]?key|access[-_ ]?key|webhook[-_ ]?url)["']?\s*[=:]\s*["']?)[^\s"',;&}]{6,}/gi,
    `$1${mark}`,
  ],
];

export const withoutCredentials = (text: string): string => forms.reduce((so, [form, by]) => so.replaceAll(form, by), text);
