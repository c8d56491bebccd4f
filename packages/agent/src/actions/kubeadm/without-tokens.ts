/** The form of a bootstrap token, as kubeadm makes and prints it. */
const bootstrapTokenPattern = /\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g;

/** Returns the text without bootstrap tokens and certificate keys. */
export function withoutTokens(text: string): string {
  return text
    .replace(bootstrapTokenPattern, '[redacted]')
    .replace(/(--certificate-key\s+)[0-9a-f]{64}/g, '$1[redacted]');
}
