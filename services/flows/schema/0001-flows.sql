create schema if not exists socle;

-- Workers at flows. All runs of a worker are held by its one lease: renewing touches one row, and never those
-- that its own commits are at.
create table socle.flow_workers (
  id uuid primary key,
  lease_until timestamptz not null
);

-- One execution of a flow, for one event or one tick of its schedule.
create table socle.runs (
  id bigint generated always as identity primary key,
  -- what the idempotency keys of its steps begin with: unique beyond this database
  key uuid not null default gen_random_uuid(),
  flow text not null,
  event_id bigint,
  tick timestamptz,
  state text not null default 'waiting'
    check (state in ('waiting', 'running', 'deferred', 'succeeded', 'failed', 'parked', 'cancelled')),
  due_at timestamptz not null default now(),
  attempts int not null default 0,
  -- whose it is, and the number of the grant: a result under an older number is refused
  owner uuid,
  fence int not null default 0,
  error jsonb,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  check (num_nonnulls(event_id, tick) = 1),
  unique (event_id, flow)
);

create unique index runs_tick on socle.runs (tick, flow) where tick is not null;
create index runs_due on socle.runs (due_at, id) where state in ('waiting', 'deferred');
create index runs_running on socle.runs (id) where state = 'running';
create index runs_attention on socle.runs (state, id) where state in ('deferred', 'failed', 'parked');

-- Memos: what a step came to. A step without a row has not been tried, or its process died in it.
-- No foreign keys: each would cost a lookup per step; rows go together in the engine's own sweep.
create table socle.steps (
  run_id bigint not null,
  step_id text not null,
  state text not null check (state in ('succeeded', 'failed', 'parked')),
  attempts int not null,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  input jsonb,
  output jsonb,
  error jsonb,
  primary key (run_id, step_id)
);
