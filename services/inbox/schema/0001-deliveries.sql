create schema if not exists socle;

-- What platforms delivered, byte for byte. Unique on what stays the same over a platform's retries.
create table socle.deliveries (
  id bigint generated always as identity primary key,
  platform text not null,
  delivery_id text not null,
  type text not null,
  state text not null default 'received' check (state in ('received', 'processed', 'failed', 'ignored')),
  received_at timestamptz not null default now(),
  processed_at timestamptz,
  -- never signatures, credentials or addresses of the network in between
  headers jsonb not null,
  body bytea not null,
  error text,
  replays int not null default 0,
  unique (platform, delivery_id)
);

-- Small: a delivery leaves it when it is processed.
create index deliveries_received on socle.deliveries (id) where state = 'received';
create index deliveries_failed on socle.deliveries (id) where state = 'failed';
