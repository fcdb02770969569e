import type { Catalogue } from '@socle/ui';

export const deliveryTexts = {
  lead: {
    en: 'Every webhook whose signature was good: stored before it was answered.',
    fr: 'Chaque webhook à la signature valide : enregistré avant d’être acquitté.',
  },
  searchHint: { en: 'Type or delivery id', fr: 'Type ou identifiant de livraison' },
  received: { en: 'received', fr: 'reçue' },
  processed: { en: 'processed', fr: 'traitée' },
  failed: { en: 'failed', fr: 'échouée' },
  ignored: { en: 'ignored', fr: 'ignorée' },
  columnReceived: { en: 'Received', fr: 'Reçue' },
  columnProcessed: { en: 'Processed', fr: 'Traitée' },
  columnId: { en: 'Delivery id', fr: 'Identifiant' },
  replays: { en: 'Replays', fr: 'Rejeux' },
  took: { en: 'Took', fr: 'Durée' },
  detail: { en: 'Delivery', fr: 'Livraison' },
  body: { en: 'Body', fr: 'Corps' },
  headers: { en: 'Headers', fr: 'En-têtes' },
  eventsMade: { en: 'Events made', fr: 'Événements produits' },
  noEvents: { en: 'It made no event.', fr: 'Elle n’a produit aucun événement.' },
  error: { en: 'Error', fr: 'Erreur' },
  replay: { en: 'Replay', fr: 'Rejouer' },
  replayTitle: { en: 'Replay this delivery?', fr: 'Rejouer cette livraison ?' },
  replayMeans: {
    en: 'The stored bytes are processed again, as if the platform had sent them once more.',
    fr: 'Les octets enregistrés sont traités de nouveau, comme si la plateforme les renvoyait.',
  },
  replaySafe: {
    en: 'An event that is already known stays single, and a step that already took effect is not repeated. What is missing is made up for, and failed runs go on.',
    fr: 'Un événement déjà connu reste unique et une étape déjà effectuée n’est pas répétée. Ce qui manque est rattrapé et les exécutions échouées reprennent.',
  },
  replayed: { en: 'The delivery is being processed again.', fr: 'La livraison est de nouveau traitée.' },
  emptyTitle: { en: 'No delivery yet', fr: 'Aucune livraison pour l’instant' },
  emptyLead: {
    en: 'A platform’s webhook stands here within a second of its arrival. Its address is in the settings. To see one now, make a checkout, open its address and pay with the test card 4242 4242 4242 4242:',
    fr: 'Le webhook d’une plateforme apparaît ici moins d’une seconde après son arrivée. Son adresse se trouve dans les réglages. Pour en voir un tout de suite, créez un paiement, ouvrez son adresse et payez avec la carte de test 4242 4242 4242 4242 :',
  },
} satisfies Catalogue;

export const eventTexts = {
  lead: {
    en: 'Facts, named without any vendor’s words, whoever reported them.',
    fr: 'Des faits, nommés sans le vocabulaire d’aucun fournisseur, quelle qu’en soit la source.',
  },
  searchHint: { en: 'Event id, subject or data', fr: 'Identifiant, sujet ou données' },
  typeHint: { en: 'Type, such as payment.succeeded', fr: 'Type, par exemple payment.succeeded' },
  source: { en: 'Source', fr: 'Source' },
  subject: { en: 'Subject', fr: 'Sujet' },
  time: { en: 'Happened', fr: 'Survenu' },
  detail: { en: 'Event', fr: 'Événement' },
  id: { en: 'Event id', fr: 'Identifiant' },
  data: { en: 'Data', fr: 'Données' },
  delivery: { en: 'Delivery', fr: 'Livraison' },
  runs: { en: 'Runs', fr: 'Exécutions' },
  noRuns: { en: 'No flow reacts to this type.', fr: 'Aucun flux ne réagit à ce type.' },
  openDelivery: { en: 'Open the delivery', fr: 'Ouvrir la livraison' },
  replay: { en: 'Replay', fr: 'Rejouer' },
  replayTitle: { en: 'Replay this event?', fr: 'Rejouer cet événement ?' },
  replayMeans: {
    en: 'The event is handed to every flow that reacts to its type.',
    fr: 'L’événement est remis à chaque flux qui réagit à son type.',
  },
  replaySafe: {
    en: 'A run that succeeded is not repeated; a failed one goes on, and a flow that is new since then gets its chance.',
    fr: 'Une exécution réussie n’est pas répétée ; une exécution échouée reprend, et un flux apparu depuis reçoit sa chance.',
  },
  replayed: { en: 'The event goes to its flows again.', fr: 'L’événement est de nouveau remis à ses flux.' },
  emptyTitle: { en: 'No event yet', fr: 'Aucun événement pour l’instant' },
  emptyLead: {
    en: 'Deliveries and flows make events. The first one appears as soon as a webhook arrives. Make a checkout, open its address and pay with the test card 4242 4242 4242 4242:',
    fr: 'Les livraisons et les flux produisent des événements. Le premier apparaît dès qu’un webhook arrive. Créez un paiement, ouvrez son adresse et payez avec la carte de test 4242 4242 4242 4242 :',
  },
} satisfies Catalogue;
