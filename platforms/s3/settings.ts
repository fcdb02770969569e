import { isIP } from 'node:net';
import { field, isSafeUrl } from '@socle/kernel';
import { z } from 'zod';

function isEndpoint(value: string): boolean {
  if (!isSafeUrl(value)) return false;
  const { pathname, search } = new URL(value);
  return pathname === '/' && search === '';
}

export const settings = z.object({
  endpoint: field(
    z.string().refine(isEndpoint, 'must be https without a path, or http on this machine').optional(),
    {
      title: { en: 'Endpoint', fr: 'Point d’accès' },
      help: {
        en: 'Leave empty for AWS. Backblaze B2: Buckets → Endpoint, with https:// in front. Own server (MinIO, Garage): its address.',
        fr: 'Laissez vide pour AWS. Backblaze B2 : Buckets → Endpoint, précédé de https://. Serveur à vous (MinIO, Garage) : son adresse.',
      },
      env: 'S3_ENDPOINT',
      example: 'https://s3.eu-central-003.backblazeb2.com',
    },
  ),
  region: field(
    z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, 'must be a region’s code, such as eu-west-3')
      .default('us-east-1'),
    {
      title: { en: 'Region', fr: 'Région' },
      help: {
        en: 'AWS: S3 → Buckets → column “AWS Region”. B2: second part of the endpoint. Own server: what it was set to, often us-east-1.',
        fr: 'AWS : S3 → Buckets → colonne « Région AWS ». B2 : deuxième partie du point d’accès. Serveur à vous : celle qu’il déclare, souvent us-east-1.',
      },
      env: 'S3_REGION',
      example: 'eu-west-3',
    },
  ),
  bucket: field(z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be a bucket’s name'), {
    title: { en: 'Bucket', fr: 'Bucket' },
    help: {
      en: 'Name of a private bucket that exists. AWS: S3 → Buckets. B2: Buckets.',
      fr: 'Nom d’un bucket privé qui existe. AWS : S3 → Buckets. B2 : Buckets.',
    },
    env: 'S3_BUCKET',
    example: 'my-application-files',
  }),
  accessKeyId: field(z.string().min(3), {
    title: { en: 'Access key ID', fr: 'Identifiant de clé d’accès' },
    help: {
      en: 'AWS: IAM → Users → Security credentials → Create access key. B2: Application Keys → keyID.',
      fr: 'AWS : IAM → Utilisateurs → Informations d’identification → Créer une clé d’accès. B2 : Application Keys → keyID.',
    },
    env: 'S3_ACCESS_KEY_ID',
    example: 'AKIAxxxxxxxxxxxxxxxx',
  }),
  secretAccessKey: field(z.string().min(6), {
    title: { en: 'Secret access key', fr: 'Clé d’accès secrète' },
    help: {
      en: 'Shown once, beside the access key ID, when the key is made (B2: applicationKey).',
      fr: 'Montrée une seule fois, à côté de l’identifiant, à la création de la clé (B2 : applicationKey).',
    },
    env: 'S3_SECRET_ACCESS_KEY',
    secret: true,
    example: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
  }),
  forcePathStyle: field(z.enum(['0', '1']).optional(), {
    title: { en: 'Bucket in the path', fr: 'Bucket dans le chemin' },
    help: {
      en: '1: https://host/bucket/key; 0: https://bucket.host/key. Without it: 1 when an endpoint is given, 0 for AWS.',
      fr: '1 : https://hôte/bucket/clé ; 0 : https://bucket.hôte/clé. Sans valeur : 1 si un point d’accès est donné, 0 pour AWS.',
    },
    env: 'S3_FORCE_PATH_STYLE',
    example: '1',
  }),
});

export type Settings = z.output<typeof settings>;

/** Where requests go. The SDK is told all of it, so that no file or variable of the machine decides instead. */
export function locate({ endpoint, region, bucket, forcePathStyle }: Settings): {
  readonly endpoint: string;
  readonly isPathStyle: boolean;
  readonly host: string;
} {
  const url = new URL(endpoint ?? `https://s3.${region}.amazonaws.com`);
  const isWanted = (forcePathStyle ?? (endpoint ? '1' : '0')) === '1';
  // a certificate covers one label, and an address takes no name in front
  const isPathStyle = isWanted || bucket.includes('.') || isIP(url.hostname.replace(/[[\]]/g, '')) !== 0;
  return { endpoint: url.origin, isPathStyle, host: isPathStyle ? url.host : `${bucket}.${url.host}` };
}
