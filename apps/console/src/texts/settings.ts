import type { Catalogue } from '@socle/ui';

export const settingsTexts = {
  lead: {
    en: 'Put a key in and its platform goes live; take it out and the module falls back. No restart.',
    fr: 'Ajoutez une clé et sa plateforme s’active ; retirez-la et le module revient à la suivante. Sans redémarrage.',
  },
  pick: {
    en: 'Pick a platform to see its settings.',
    fr: 'Choisissez une plateforme pour voir ses réglages.',
  },
  docs: { en: 'Documentation', fr: 'Documentation' },
  noFields: {
    en: 'This platform needs no settings.',
    fr: 'Cette plateforme n’a besoin d’aucun réglage.',
  },
  fromEnvironment: { en: 'set by the environment', fr: 'défini par l’environnement' },
  fromVault: { en: 'in the vault', fr: 'dans le coffre' },
  unset: { en: 'not set', fr: 'non défini' },
  environmentMeans: {
    en: ({ env }: { env: string }) =>
      `${env} is set in the server’s environment, which wins over the vault. Change it there.`,
    fr: ({ env }: { env: string }) =>
      `${env} est défini dans l’environnement du serveur, qui l’emporte sur le coffre. Modifiez-le là-bas.`,
  },
  secretKept: {
    en: 'A value is stored and never shown. Type a new one to replace it.',
    fr: 'Une valeur est enregistrée et jamais montrée. Saisissez-en une nouvelle pour la remplacer.',
  },
  example: {
    en: ({ example }: { example: string }) => `Example: ${example}`,
    fr: ({ example }: { example: string }) => `Exemple : ${example}`,
  },
  clear: {
    en: ({ title }: { title: string }) => `Remove: ${title}`,
    fr: ({ title }: { title: string }) => `Retirer : ${title}`,
  },
  willClear: { en: 'Will be removed when you save.', fr: 'Sera retiré à l’enregistrement.' },
  keep: { en: 'Keep it', fr: 'Le garder' },
  save: { en: 'Save', fr: 'Enregistrer' },
  saved: {
    en: ({ title }: { title: string }) => `${title}: saved and in force.`,
    fr: ({ title }: { title: string }) => `${title} : enregistré et appliqué.`,
  },
  unsaved: { en: 'Unsaved changes', fr: 'Modifications non enregistrées' },
  discard: { en: 'Discard', fr: 'Abandonner' },
  faults: { en: 'What is wrong', fr: 'Ce qui ne va pas' },
  // The help above the fault already says what to do.
  fault: {
    en: ({ title, problem }: { title: string; problem: string }) => `${title} ${problem}.`,
    fr: ({ title, problem }: { title: string; problem: string }) =>
      problem === 'is not set' ? `${title} : valeur manquante.` : `${title} : ${problem}.`,
  },
  test: { en: 'Test connection', fr: 'Tester la connexion' },
  testGood: {
    en: ({ duration }: { duration: string }) => `The platform answered in ${duration}.`,
    fr: ({ duration }: { duration: string }) => `La plateforme a répondu en ${duration}.`,
  },
  webhook: { en: 'Webhook address', fr: 'Adresse du webhook' },
  webhookHelp: {
    en: 'Register this address at the platform, and put its signing secret above.',
    fr: 'Déclarez cette adresse auprès de la plateforme et saisissez ci-dessus son secret de signature.',
  },
  copyWebhook: { en: 'Copy the webhook address', fr: 'Copier l’adresse du webhook' },
  connection: { en: 'Connection', fr: 'Connexion' },
  connectionHelp: {
    en: 'Makes the cheapest authenticated request that the platform offers, with the saved settings.',
    fr: 'Effectue la requête authentifiée la plus légère de la plateforme, avec les réglages enregistrés.',
  },
} satisfies Catalogue;
