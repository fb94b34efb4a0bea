/** The key that checkpoints are signed with: asymmetric, in KMS, never outside it; its public half goes with every signature. */
import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { InvariantViolation } from '../kernel/errors.ts';
import { awsCall } from './aws-errors.ts';

export class CheckpointKey {
  readonly keyId: string;
  readonly #kms: KMSClient;

  constructor(kms: KMSClient, keyId: string) {
    this.#kms = kms;
    this.keyId = keyId;
  }

  /** SubjectPublicKeyInfo in DER. */
  async publicKey(): Promise<Uint8Array> {
    const command = new GetPublicKeyCommand({ KeyId: this.keyId });
    const { PublicKey } = await awsCall('Reading the checkpoint key', () => this.#kms.send(command));
    if (PublicKey === undefined) throw new InvariantViolation('KMS answers a request for a public key with the key');
    return PublicKey;
  }

  /** Base64 of DER. The text is shorter than the 4,096 bytes that KMS signs as they are. */
  async sign(text: string): Promise<string> {
    const command = new SignCommand({
      KeyId: this.keyId,
      Message: Buffer.from(text),
      MessageType: 'RAW',
      SigningAlgorithm: 'ECDSA_SHA_256',
    });
    const { Signature } = await awsCall('Signing a checkpoint', () => this.#kms.send(command));
    if (Signature === undefined) throw new InvariantViolation('KMS answers a signing request with a signature');
    return Buffer.from(Signature).toString('base64');
  }
}
