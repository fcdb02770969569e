/** What each operation does, for people. */
export const cacheTexts = {
  get: { en: 'Read a value', fr: 'Lire une valeur' },
  set: { en: 'Write a value', fr: 'Écrire une valeur' },
  delete: { en: 'Delete a value', fr: 'Supprimer une valeur' },
  increment: { en: 'Add to a counter', fr: 'Ajouter à un compteur' },
  expire: { en: 'Set when a value vanishes', fr: 'Fixer l’expiration d’une valeur' },
  rank: { en: 'Put members into a ranking', fr: 'Placer des membres dans un classement' },
  top: { en: 'Read a ranking from the top', fr: 'Lire un classement depuis le haut' },
  position: { en: 'Read one member’s position', fr: 'Lire la position d’un membre' },
  unrank: { en: 'Take a member out of a ranking', fr: 'Retirer un membre d’un classement' },
  publish: { en: 'Publish a message', fr: 'Publier un message' },
  subscribe: { en: 'Receive messages', fr: 'Recevoir les messages' },
} as const;
