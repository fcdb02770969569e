-- Calls that met a full window under the policy `defer`: executed when it opens, once per key.
create table socle.deferred_calls (
  idempotency_key text primary key,
  port text not null,
  operation text not null,
  via text,
  input jsonb not null,
  state text not null default 'waiting' check (state in ('waiting', 'done', 'failed', 'parked')),
  run_at timestamptz not null,
  attempts integer not null default 0,
  result jsonb,
  error jsonb,
  created_at timestamptz not null default now(),
  finished_at timestamptz
);
create index deferred_calls_waiting on socle.deferred_calls (run_at) where state = 'waiting';

-- How many calls ended how, by hour: what the console shows as evidence. Never holds input or output.
create table socle.call_counts (
  hour timestamptz not null,
  port text not null,
  operation text not null,
  platform text not null,
  code text not null,
  calls bigint not null,
  primary key (hour, port, operation, platform, code)
);

-- What was once seen working: `platform:stripe` `verified`.
create table socle.evidence (
  subject text not null,
  fact text not null,
  seen_at timestamptz not null,
  primary key (subject, fact)
);

-- Writes that went on to a later platform of their chain: repeated after a crash, they begin there again
-- and not at the first one, which would double what the later one may have done.
create table socle.call_routes (
  idempotency_key text primary key,
  platform text not null,
  chosen_at timestamptz not null default now()
);
create index call_routes_retention on socle.call_routes (chosen_at);
