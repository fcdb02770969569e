import type { Catalogue } from '@socle/ui';

export const mailTexts = {
  lead: {
    en: 'What the embedded platform would have sent. Nothing here has left this machine.',
    fr: 'Ce que la plateforme embarquée aurait envoyé. Rien ici n’a quitté cette machine.',
  },
  searchHint: { en: 'Subject or address', fr: 'Objet ou adresse' },
  subject: { en: 'Subject', fr: 'Objet' },
  from: { en: 'From', fr: 'De' },
  to: { en: 'To', fr: 'À' },
  cc: { en: 'Cc', fr: 'Cc' },
  bcc: { en: 'Bcc', fr: 'Cci' },
  received: { en: 'Received', fr: 'Reçu' },
  state: { en: 'State', fr: 'État' },
  view: { en: 'Ways to read this message', fr: 'Façons de lire ce message' },
  html: { en: 'Message', fr: 'Message' },
  text: { en: 'Text', fr: 'Texte' },
  headers: { en: 'Headers', fr: 'En-têtes' },
  attachments: { en: 'Attachments', fr: 'Pièces jointes' },
  attachmentCount: {
    en: ({ count }: { count: number }, f) =>
      `${f.number(count)} ${f.plural(count, 'attachment', 'attachments')}`,
    fr: ({ count }: { count: number }, f) =>
      `${f.number(count)} ${f.plural(count, 'pièce jointe', 'pièces jointes')}`,
  },
  frameTitle: {
    en: ({ subject }: { subject: string }) => `Message: ${subject}`,
    fr: ({ subject }: { subject: string }) => `Message : ${subject}`,
  },
  remove: { en: 'Delete', fr: 'Supprimer' },
  removed: { en: 'The message is deleted.', fr: 'Le message est supprimé.' },
  restored: { en: 'The message is back.', fr: 'Le message est de retour.' },
  pick: { en: 'Pick a message to read it.', fr: 'Choisissez un message pour le lire.' },
  emptyTitle: { en: 'The mailbox is empty', fr: 'Le courrier est vide' },
  emptyLead: {
    en: 'Every mail that the application sends is kept here while no other e-mail platform is switched on. Send one:',
    fr: 'Chaque courriel de l’application est conservé ici tant qu’aucune autre plateforme d’e-mail n’est active. Envoyez-en un :',
  },
} satisfies Catalogue;
