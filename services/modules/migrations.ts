import { fileURLToPath } from 'node:url';

export const modulesMigrations = {
  owner: 'modules',
  dir: fileURLToPath(new URL('./schema', import.meta.url)),
};
