/** What each operation does, for people. */
export const paymentsTexts = {
  createCustomer: { en: 'Create a customer', fr: 'Créer un client' },
  getCustomer: { en: 'Read a customer', fr: 'Lire un client' },
  deleteCustomer: { en: 'Delete a customer', fr: 'Supprimer un client' },
  createProduct: { en: 'Create a product', fr: 'Créer un produit' },
  createPrice: { en: 'Create a price', fr: 'Créer un prix' },
  createCheckout: { en: 'Open a checkout page', fr: 'Ouvrir une page de paiement' },
  getCheckout: { en: 'Read a checkout', fr: 'Lire un paiement en cours' },
  createPayment: {
    en: 'Prepare a payment for the front end to confirm',
    fr: 'Préparer un paiement à confirmer',
  },
  getPayment: { en: 'Read a payment', fr: 'Lire un paiement' },
  createSubscription: { en: 'Start a subscription', fr: 'Démarrer un abonnement' },
  getSubscription: { en: 'Read a subscription', fr: 'Lire un abonnement' },
  cancelSubscription: { en: 'Cancel a subscription', fr: 'Résilier un abonnement' },
  listInvoices: { en: 'List a customer’s invoices', fr: 'Lister les factures d’un client' },
  refund: { en: 'Give money back', fr: 'Rembourser' },
  createPortal: { en: 'Open the customer’s billing page', fr: 'Ouvrir l’espace de facturation du client' },
} as const;
