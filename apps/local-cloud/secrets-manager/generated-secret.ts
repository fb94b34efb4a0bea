/**
 * `GenerateSecretString` of a template: a password from the operating system's randomness. The cloud's seeded stream is
 * for what a replay must repeat; a password that a seed repeats is none.
 */
import { randomInt } from 'node:crypto';
import { AwsError } from '../service.ts';

export interface GenerateSecretString {
  readonly PasswordLength?: number | string;
  readonly ExcludeCharacters?: string;
  readonly ExcludeLowercase?: boolean | string;
  readonly ExcludeUppercase?: boolean | string;
  readonly ExcludeNumbers?: boolean | string;
  readonly ExcludePunctuation?: boolean | string;
  readonly IncludeSpace?: boolean | string;
  readonly RequireEachIncludedType?: boolean | string;
  readonly SecretStringTemplate?: string;
  readonly GenerateStringKey?: string;
}

const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz';
const UPPERCASE = LOWERCASE.toUpperCase();
const NUMBERS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** The secret's text: the password alone, or the template with the password under its key. */
export function generateSecretString(options: GenerateSecretString): string {
  const password = generatePassword(options);
  const { SecretStringTemplate: template, GenerateStringKey: key } = options;
  if ((template === undefined) !== (key === undefined)) {
    throw new AwsError('ValidationException', 'SecretStringTemplate and GenerateStringKey belong together');
  }
  if (template === undefined || key === undefined) return password;
  let members: unknown;
  try {
    members = JSON.parse(template);
  } catch (cause) {
    throw Object.assign(new AwsError('ValidationException', 'SecretStringTemplate is not JSON'), { cause });
  }
  return JSON.stringify({ ...(members as object), [key]: password });
}

function generatePassword(options: GenerateSecretString): string {
  const length = Number(options.PasswordLength ?? 32);
  const excluded = new Set(options.ExcludeCharacters ?? '');
  const classes = [
    isTrue(options.ExcludeLowercase) ? '' : LOWERCASE,
    isTrue(options.ExcludeUppercase) ? '' : UPPERCASE,
    isTrue(options.ExcludeNumbers) ? '' : NUMBERS,
    isTrue(options.ExcludePunctuation) ? '' : PUNCTUATION,
    isTrue(options.IncludeSpace) ? ' ' : '',
  ]
    .map((characters) => [...characters].filter((character) => !excluded.has(character)).join(''))
    .filter((characters) => characters !== '');
  const required = isTrue(options.RequireEachIncludedType ?? true) ? classes : [];
  const all = classes.join('');
  if (all === '' || !Number.isInteger(length) || length < Math.max(1, required.length) || length > 4096) {
    throw new AwsError(
      'ValidationException',
      `No password of length ${options.PasswordLength ?? 32} can be made from what is not excluded`,
    );
  }
  const characters = [...required.map(pick), ...Array.from({ length: length - required.length }, () => pick(all))];
  return shuffled(characters).join('');
}

const isTrue = (flag: boolean | string | undefined): boolean => String(flag) === 'true';

const pick = (characters: string): string => characters[randomInt(characters.length)]!;

/** Fisher and Yates; without it the required characters would always come first. */
function shuffled(characters: string[]): string[] {
  for (let i = characters.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [characters[i], characters[j]] = [characters[j]!, characters[i]!];
  }
  return characters;
}
