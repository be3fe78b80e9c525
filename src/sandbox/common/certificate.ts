import { generate } from 'selfsigned';

export interface PortalCertificate {
  readonly key: string;
  readonly certificate: string;
  /** PEM of the authority, for `NODE_EXTRA_CA_CERTS` or an agent's `ca`. */
  readonly authority: string;
}

const NAMES = [
  { type: 2, value: 'localhost' },
  { type: 7, ip: '127.0.0.1' },
  { type: 7, ip: '::1' },
] as const;

/** A fresh authority and a certificate of it for the loopback and for `names`, made in memory. */
export async function makeCertificate(names: readonly string[] = []): Promise<PortalCertificate> {
  const authority = await generate([{ name: 'commonName', value: 'Sandbox authority' }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'keyUsage', keyCertSign: true, digitalSignature: true },
    ],
  });
  const leaf = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    algorithm: 'sha256',
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [...NAMES, ...names.map((value) => ({ type: 2 as const, value }))],
      },
    ],
  });
  return { key: leaf.private, certificate: leaf.cert, authority: authority.cert };
}
