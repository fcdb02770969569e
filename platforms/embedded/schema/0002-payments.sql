create schema if not exists socle_embedded;

-- One row: what this installation's payments share.
create table socle_embedded.payment_installation (
  id boolean primary key default true check (id),
  webhook_secret text not null
);

-- Numbers without gap: taken in the transaction that uses them.
create table socle_embedded.payment_counters (
  name text primary key,
  value integer not null
);

-- Which write was made under which idempotency key, and what it answered.
create table socle_embedded.payment_keys (
  operation text not null,
  key text not null,
  fingerprint text not null,
  result jsonb,
  primary key (operation, key)
);

-- `card` holds brand, last four digits, expiry and how the test card behaves: never a number.
create table socle_embedded.payment_customers (
  id text primary key,
  email text,
  name text,
  card jsonb,
  metadata jsonb not null default '{}',
  created_at timestamptz not null,
  deleted_at timestamptz
);

create table socle_embedded.payment_products (
  id text primary key,
  name text not null,
  description text,
  metadata jsonb not null default '{}',
  created_at timestamptz not null
);

create table socle_embedded.payment_prices (
  id text primary key,
  product_id text not null references socle_embedded.payment_products,
  amount_minor integer not null check (amount_minor >= 0),
  currency text not null,
  interval text check (interval in ('day', 'week', 'month', 'year')),
  created_at timestamptz not null
);

create table socle_embedded.payment_intents (
  id text primary key,
  client_secret text not null unique,
  state text not null check (state in ('pending', 'succeeded', 'failed', 'cancelled')),
  amount_minor integer not null check (amount_minor > 0),
  refunded_minor integer not null default 0 check (refunded_minor between 0 and amount_minor),
  currency text not null,
  customer_id text references socle_embedded.payment_customers,
  receipt_email text,
  description text,
  metadata jsonb not null default '{}',
  attempts integer not null default 0,
  card jsonb,
  created_at timestamptz not null
);

create table socle_embedded.payment_refunds (
  id text primary key,
  payment_id text not null references socle_embedded.payment_intents,
  amount_minor integer not null check (amount_minor > 0),
  created_at timestamptz not null
);

create table socle_embedded.payment_subscriptions (
  id text primary key,
  customer_id text not null references socle_embedded.payment_customers,
  price_id text not null references socle_embedded.payment_prices,
  quantity integer not null check (quantity > 0),
  metadata jsonb not null default '{}',
  state text not null check (state in ('incomplete', 'active', 'past_due', 'cancelled')),
  cancel_at_period_end boolean not null default false,
  -- Periods are counted from the anchor, so a subscription of the 31st comes back to the 31st.
  anchor timestamptz not null,
  period integer not null default 1,
  period_start timestamptz not null,
  period_end timestamptz not null,
  created_at timestamptz not null
);
create index payment_subscriptions_due on socle_embedded.payment_subscriptions (period_end)
  where state in ('active', 'past_due');

create table socle_embedded.payment_invoices (
  id text primary key,
  sequence integer not null unique,
  number text not null unique,
  token text not null unique,
  customer_id text not null references socle_embedded.payment_customers,
  subscription_id text references socle_embedded.payment_subscriptions,
  payment_id text references socle_embedded.payment_intents,
  -- [{ name, quantity, unitMinor }]
  lines jsonb not null,
  state text not null check (state in ('open', 'paid', 'void')),
  total_minor integer not null check (total_minor >= 0),
  currency text not null,
  period integer not null,
  created_at timestamptz not null,
  paid_at timestamptz,
  -- a period is billed once, whatever crashes
  unique (subscription_id, period)
);
create index payment_invoices_of_customer on socle_embedded.payment_invoices (customer_id, sequence desc);

create table socle_embedded.payment_checkouts (
  id text primary key,
  token text not null unique,
  mode text not null check (mode in ('payment', 'subscription')),
  -- [{ priceId, quantity }]
  items jsonb not null,
  amount_minor integer not null check (amount_minor >= 0),
  currency text not null,
  success_url text not null,
  cancel_url text not null,
  customer_id text references socle_embedded.payment_customers,
  customer_email text,
  metadata jsonb not null default '{}',
  state text not null default 'open' check (state in ('open', 'complete')),
  payment_id text references socle_embedded.payment_intents,
  subscription_id text references socle_embedded.payment_subscriptions,
  created_at timestamptz not null,
  expires_at timestamptz not null
);

create table socle_embedded.payment_portals (
  token text primary key,
  customer_id text not null references socle_embedded.payment_customers,
  return_url text not null,
  expires_at timestamptz not null
);

-- A card that waits for its holder to confirm, by the token of the page where it was given.
create table socle_embedded.payment_challenges (
  page text primary key,
  card jsonb not null,
  email text
);

-- The outbox: written in the transaction that makes the fact true, so no fact is lost.
create table socle_embedded.payment_events (
  sequence bigint generated always as identity primary key,
  id text not null unique,
  type text not null,
  body text not null,
  created_at timestamptz not null,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null,
  delivered_at timestamptz
);
create index payment_events_due on socle_embedded.payment_events (next_attempt_at) where delivered_at is null;
