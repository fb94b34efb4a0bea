/**
 * The key that risk signs with: asymmetric, in KMS, so that who may sign cannot be who may send. KMS takes messages of at most 4,096 bytes, and
 * of a longer one its digest; the signature is the same.
 */
import { createHash } from 'node:crypto';
import { type KMSClient, SignCommand, VerifyCommand } from '@aws-sdk/client-kms';
import { InvariantViolation } from '../kernel/errors.ts';
import { awsCall, isNamed } from './aws-errors.ts';

const SigningAlgorithm = 'ECDSA_SHA_256';
const MESSAGE_BYTES_MAX = 4096;

export class PermitKey {
  readonly #kms: KMSClient;
  readonly #keyId: string;

  constructor(kms: KMSClient, keyId: string) {
    this.#kms = kms;
    this.#keyId = keyId;
  }

  /** Base64. */
  async sign(bytes: Uint8Array): Promise<string> {
    const { Signature } = await awsCall('Signing a permit', () => this.#kms.send(new SignCommand(this.#messageOf(bytes))));
    if (Signature === undefined) throw new InvariantViolation('KMS answers a signing request with a signature');
    return Buffer.from(Signature).toString('base64');
  }

  /** KMS answers "no" with an error; any other error is no answer, and is thrown. */
  async verify(bytes: Uint8Array, signature: string): Promise<boolean> {
    const input = { ...this.#messageOf(bytes), Signature: Buffer.from(signature, 'base64') };
    try {
      const { SignatureValid } = await awsCall('Verifying a permit', () => this.#kms.send(new VerifyCommand(input)));
      return SignatureValid === true;
    } catch (error) {
      if (isNamed(error, 'KMSInvalidSignatureException')) return false;
      throw error;
    }
  }

  #messageOf(bytes: Uint8Array) {
    const isShort = bytes.length <= MESSAGE_BYTES_MAX;
    const Message = isShort ? bytes : createHash('sha256').update(bytes).digest();
    return { KeyId: this.#keyId, Message, MessageType: isShort ? 'RAW' : 'DIGEST', SigningAlgorithm } as const;
  }
}
