/** What each operation does, for people. */
export const emailTexts = {
  send: { en: 'Send one message', fr: 'Envoyer un message' },
  get: { en: 'Read what became of a message', fr: 'Lire ce qu’est devenu un message' },
  cancel: { en: 'Cancel a scheduled message', fr: 'Annuler un message programmé' },
} as const;
