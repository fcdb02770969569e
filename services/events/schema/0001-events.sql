create schema if not exists socle;

-- Facts, appended only. `source` and `event_id` together are what makes a repeated fact the same fact.
create table socle.events (
  id bigint generated always as identity primary key,
  source text not null,
  event_id text not null,
  type text not null,
  subject text,
  time timestamptz not null,
  data jsonb not null,
  -- socle.deliveries.id; no foreign key: deliveries may be swept before the events they told
  delivery_id bigint,
  recorded_at timestamptz not null default now(),
  unique (source, event_id)
);

create index events_type on socle.events (type, id);
create index events_delivery on socle.events (delivery_id) where delivery_id is not null;
