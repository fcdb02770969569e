create schema if not exists socle;

-- One row for each effect at a vendor that was begun: what keeps it from being repeated blindly.
create table socle.effects (
  key text primary key,
  platform text not null,
  port text not null,
  operation text not null,
  guarantee text not null check (guarantee in ('native', 'none')),
  state text not null default 'begun' check (state in ('begun', 'done', 'unknown')),
  begun_by text not null,
  begun_at timestamptz not null,
  -- later than this nobody can still be at it
  deadline_at timestamptz not null,
  finished_at timestamptz,
  result jsonb
);

create index effects_retention on socle.effects (finished_at) where state = 'done';
