import type { Catalogue } from '@socle/ui';

export const shellTexts = {
  skip: { en: 'Skip to content', fr: 'Aller au contenu' },
  navigation: { en: 'Main navigation', fr: 'Navigation principale' },
  menu: { en: 'Menu', fr: 'Menu' },
  overview: { en: 'Overview', fr: 'Vue d’ensemble' },
  quotas: { en: 'Quotas', fr: 'Quotas' },
  deliveries: { en: 'Deliveries', fr: 'Livraisons' },
  events: { en: 'Events', fr: 'Événements' },
  flows: { en: 'Flows', fr: 'Flux' },
  runs: { en: 'Runs', fr: 'Exécutions' },
  mailbox: { en: 'Mailbox', fr: 'Courrier' },
  settings: { en: 'Settings', fr: 'Réglages' },
  live: { en: 'Live', fr: 'En direct' },
  connecting: { en: 'Connecting', fr: 'Connexion' },
  reconnecting: { en: 'Reconnecting', fr: 'Reconnexion' },
  notFoundTitle: { en: 'No such page', fr: 'Page introuvable' },
  notFoundLead: {
    en: 'The address is wrong, or what stood here is gone.',
    fr: 'L’adresse est erronée, ou ce qui se trouvait ici a disparu.',
  },
  backToOverview: { en: 'To the overview', fr: 'Vers la vue d’ensemble' },
  back: { en: 'Back to the list', fr: 'Retour à la liste' },
  closeDetail: { en: 'Close detail', fr: 'Fermer le détail' },
  search: { en: 'Search', fr: 'Rechercher' },
  platform: { en: 'Platform', fr: 'Plateforme' },
  allPlatforms: { en: 'All platforms', fr: 'Toutes les plateformes' },
  state: { en: 'State', fr: 'État' },
  allStates: { en: 'All states', fr: 'Tous les états' },
  type: { en: 'Type', fr: 'Type' },
  shown: {
    en: ({ count, more }: { count: number; more: boolean }, f) =>
      `${f.number(count)} shown${more ? ', more to load' : ''}`,
    fr: ({ count, more }: { count: number; more: boolean }, f) =>
      `${f.number(count)} ${f.plural(count, 'affiché', 'affichés')}${more ? ', la suite à charger' : ''}`,
  },
  nothingFound: { en: 'Nothing matches these filters', fr: 'Rien ne correspond à ces filtres' },
  clearFilters: { en: 'Clear the filters', fr: 'Effacer les filtres' },
  none: { en: 'none', fr: 'aucun' },
  failedReason: { en: 'Reason', fr: 'Raison' },
  failedAction: {
    en: ({ sentence }: { sentence: string }) => `That did not work. ${sentence}`,
    fr: ({ sentence }: { sentence: string }) => `Cela n’a pas fonctionné. ${sentence}`,
  },
} satisfies Catalogue;
