export { readMasterKey } from './master-key.ts';
export { createVault, SETTINGS_CHANNEL, type SecretInfo, type Vault, vaultMigrations } from './vault.ts';
