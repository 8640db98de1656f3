export interface Secrets {
  /** Encrypts text for storage: `v2.<key id>.<iv>.<tag>.<ciphertext>`, AES-256-GCM, base64url parts. */
  encrypt(plain: string): string;
  /** Throws AppError `secret-unreadable` if none of the keys is the right one or the text was changed. */
  decrypt(stored: string): string;
  /** Whether it was encrypted with the present key, and not with an earlier one. */
  isCurrent(stored: string): boolean;
}
