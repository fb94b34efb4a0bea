/** What Secrets Manager remembers of a secret. Values are in clear in memory and sealed in the journal. */
export interface SecretValue {
  readonly text?: string;
  /** Base64. */
  readonly binary?: string;
}

export interface SecretVersion {
  readonly versionId: string;
  readonly createdAt: number;
  readonly value: SecretValue;
  readonly stages: readonly string[];
}

export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly description?: string;
  readonly kmsKeyId?: string;
  /** When it goes, after DeleteSecret. */
  readonly deletesAt?: number;
  /** When DeleteSecret was called. */
  readonly deletedAt?: number;
  /** What the template said when the value was last made from it; a changed template makes a new value. */
  readonly declaredAs?: string;
  /** Oldest first. */
  readonly versions: readonly SecretVersion[];
}

/** A journal line: the whole secret, sealed, or its end. */
export type SecretEntry = { readonly arn: string; readonly sealed: string } | { readonly arn: string; readonly gone: true };
