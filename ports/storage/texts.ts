/** What each operation does, for people. */
export const storageTexts = {
  put: { en: 'Store an object', fr: 'Déposer un objet' },
  get: { en: 'Read an object', fr: 'Lire un objet' },
  head: { en: 'Describe an object', fr: 'Décrire un objet' },
  list: { en: 'List objects', fr: 'Lister les objets' },
  delete: { en: 'Delete objects, all versions', fr: 'Supprimer des objets, toutes versions' },
  signUrl: {
    en: 'Make a URL that reads or writes one object for a while',
    fr: 'Créer une URL temporaire de lecture ou d’écriture',
  },
} as const;
